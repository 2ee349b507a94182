-- A file that was given in a case: a photograph, a paper, a sound. `owner` is the row it was given for. Its name (which tells
-- kind and size), its key and the digest of what it holds are sealed under the key of the row's part; by that digest a copy elsewhere is known again. `digest` is that of its
-- sealed pieces, so that the proof covers them without a second copy of each.
CREATE TABLE file_file (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    name BLOB NOT NULL,
    about BLOB NOT NULL,
    content_digest BLOB NOT NULL,
    digest BLOB NOT NULL,
    pieces INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    added_by INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id)
) STRICT;
CREATE INDEX file_file_by_owner ON file_file (org, case_id, owner, id);

-- What a file holds, in sealed pieces under its own key.
-- no proof: file_file.digest, which is proven, is the digest of all of them
CREATE TABLE file_piece (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    file INTEGER NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (org, case_id, file, number),
    FOREIGN KEY (org, case_id, file) REFERENCES file_file (org, case_id, id)
) STRICT;

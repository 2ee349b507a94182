#!/usr/bin/env python3
"""Checks a bundle for a court without the program that made it: verify_bundle.py record.zip [--checkpoint FILE]
Shows that the files are those the installation signed, that the case's chain is whole, that every row and every coded fact of it is what was
written, and that the chain stands under the signed checkpoint. docs/PROOF.md tells what that proves. Standard library only."""
import base64
import hashlib
import json
import sys
import zipfile

# Ed25519 (RFC 8032), verification only
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)

def point(data):
    """The point (x, y) in 32 bytes."""
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if y >= P or x * x % P != square or (x == 0 and data[31] >> 7):
        raise ValueError("no point")
    return P - x if x & 1 != data[31] >> 7 else x, y

def add(p, q):
    t = D * p[0] * p[1] * q[0] * q[1] % P
    return (p[0] * q[1] + p[1] * q[0]) * pow(1 + t, -1, P) % P, (p[1] * q[1] + p[0] * q[0]) * pow(1 - t, -1, P) % P

def times(number, p, sum_=(0, 1)):
    while number:
        sum_, p, number = add(sum_, p) if number & 1 else sum_, add(p, p), number >> 1
    return sum_

def signed(public, signature, message):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % Q
    return s < Q and times(s, base) == add(point(r), times(k, point(public)))

def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()

def insist(fact, what):
    if not fact:
        sys.exit(f"BROKEN: {what}")

def signed_lines(text, what):
    """Lines, of which the last two are the key and its signature over the others."""
    lines = text.decode().replace("\r\n", "\n").rstrip("\n").split("\n")
    message = "".join(line + "\n" for line in lines[:-2]).encode()
    insist(signed(bytes.fromhex(lines[-2]), bytes.fromhex(lines[-1]), message), f"the signature of {what}")
    return lines

def check_chain(proof):
    """The case's chain from its first entry: its hash behind each, and what each row was last."""
    entries, images, rows, chain = proof["entries"], proof["images"], {}, [bytes(32)]
    for number, e in enumerate(entries, start=1):
        insist(e["case_number"] == number, f"entry {number} of the case's chain is missing")
        fields = ["audit 1", proof["org"], e["number"], e["at"], e["account"], e["act"], proof["case"], number, e["subject"]]
        entry = digest(("".join(("" if f is None else str(f)) + "\n" for f in fields) + e["changes"]).encode())
        chain.append(digest(chain[-1] + entry))
        rows.update(line.rsplit(" ", 1) for line in e["changes"].splitlines())
    for name, image in images.items():
        insist(digest(base64.b64decode(image)).hex() == name, f"the image {name} was changed")
        insist(any(f" {name}\n" in e["changes"] for e in entries), f"the image {name} is of no entry")
    return chain, rows

def columns(image):
    """The columns of an image as text; None: sealed."""
    rest, found = image.partition(b"\n")[2], {}
    while rest:
        name, _, rest = rest.partition(b"=")
        kind, (first, _, rest) = rest[:1], rest[1:].partition(b":" if rest[:1] in b"tb" else b"\n")
        if kind in b"tb":
            first, rest = rest[:int(first)], rest[int(first) + 1:]
        found[name.decode()] = None if kind == b"b" else first.decode()
    return found

def check_record(record, proof, rows):
    """What was opened for reading: no row of its tables is missing, each fact is that of the image, and has the same words everywhere."""
    told, tables, words = {f"{row['table']} {row['key']}": row for row in record["rows"]}, {row["table"] for row in record["rows"]}, {}
    insist(len(told) == len(record["rows"]), "a row stands twice in record.json")
    for name in rows.keys() - told.keys():
        insist(rows[name] not in proof["images"] or name.split(" ")[0] not in tables, f"the row {name} is missing in record.json")
    for name, row in told.items():
        insist(rows.get(name) == row["digest"] in proof["images"], f"the row {name} is not as it was last written")
        kept, facts, fields = columns(base64.b64decode(proof["images"][row["digest"]])), row["facts"], row["fields"]
        for column in sorted({*kept, *facts, *fields}):
            fact, said = kept.get(column), fields.get(column)
            insist(facts.get(column) == fact and (column in kept or said is None),
                   f"{column} of the row {name} is {facts.get(column)} in record.json, {fact} was written")
            same = words.setdefault((row["table"], column, kept.get("kind"), fact), said)
            insist(fact is None or said == same, f"{column} of the row {name} reads {said!r}, elsewhere {same!r}")

def check_path(known, path, checkpoint):
    known = digest(b"\0" + known)
    for side, other in path:
        known = digest(b"\1" + (bytes.fromhex(other) + known if side == "left" else known + bytes.fromhex(other)))
    insist(known.hex() == checkpoint[5], f"the case's chain does not stand under checkpoint {checkpoint[2]}")

def main():
    if sys.argv[2:3] not in ([], ["--checkpoint"]) or len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as bundle:
        names = bundle.namelist()
        insist(len(set(names)) == len(names), "two files have one name")
        files = {name: bundle.read(name) for name in names}
    manifest = signed_lines(files["manifest.txt"], "the manifest")
    listed = dict(line.split(" ") for line in manifest[1:-2])
    insist({*listed, "manifest.txt"} == set(names) >= {"proof.json", "record.json"}, "the files are not those of the manifest")
    for name, wanted in listed.items():
        insist(digest(files[name]).hex() == wanted, f"{name} is not the file that was signed")
    proof, record = json.loads(files["proof.json"]), json.loads(files["record.json"])
    chain, rows = check_chain(proof)
    checkpoint = signed_lines(proof["checkpoint"].encode(), "the checkpoint")
    insist(checkpoint[1] == proof["org"], "the checkpoint is of another organisation")
    check_path(chain[-1], proof["path"], checkpoint)
    check_record(record, proof, rows)
    known = checkpoint[6]
    if len(sys.argv) == 4:
        outside = signed_lines(open(sys.argv[3], "rb").read(), "the checkpoint kept outside")
        known = outside[6]
        if outside[:6] != checkpoint[:6]:
            kept = proof["outside"] or {"checkpoint": "", "case_number": 0, "path": []}
            insist(kept["checkpoint"].split("\n")[:6] == outside[:6], "the bundle does not speak of the checkpoint kept outside")
            check_path(chain[kept["case_number"]], kept["path"], outside)
            print(f"Entries 1 to {kept['case_number']} stand under checkpoint {outside[2]}, kept outside")
    if manifest[-2] != known:
        print(f"NOTE: what was opened for reading is signed by another key than the checkpoint, {manifest[-2]}. Unless the organisation confirms "
              "that key in another way, believe only the entries, the sealed images and the facts, not the words.")
    print(f"Whole: {len(proof['entries'])} entries, {len(record['rows'])} rows, under checkpoint {checkpoint[2]}")

if __name__ == "__main__":
    main()

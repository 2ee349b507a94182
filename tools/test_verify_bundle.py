"""Tests of verify_bundle: python3 tools/test_verify_bundle.py"""
import base64
import contextlib
import hashlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
import zipfile
from unittest import mock

import verify_bundle as v

SEED = bytes(range(32))


def pack(p):
    """A point as 32 bytes."""
    x, y = p
    return (y | (x & 1) << 255).to_bytes(32, "little")


def sign(message, seed):
    """RFC 8032, the other half of what the checker has."""
    base = v.point((4 * pow(5, -1, v.P) % v.P).to_bytes(32, "little"))
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    public = pack(v.times(a, base))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % v.Q
    point = pack(v.times(r, base))
    k = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % v.Q
    return public, point + ((r + k * a) % v.Q).to_bytes(32, "little")


def signed(text, seed=SEED):
    public, signature = sign(text.encode(), seed)
    return f"{text}{public.hex()}\n{signature.hex()}\n"


def tree(leaves):
    """The root of RFC 6962's tree."""
    if len(leaves) == 1:
        return v.digest(b"\0" + leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return v.digest(b"\1" + tree(leaves[:half]) + tree(leaves[half:]))


def checkpoint(number, leaves):
    return signed(f"ausma checkpoint 1\n7\n{number}\n1700000000000\n{'0' * 64}\n{tree(leaves).hex()}\n")


def bundle(change=lambda proof, record: None, after=lambda files: None):
    """Two entries of case 9, numbers 1 and 3 of the installation, in a zip; `change` works before it is signed."""
    images = [b"t_row\na=i1\nnote=b4:\n=t:\nrisk=t5:h=\n:h\n", b"t_row\na=i2\nrisk=t5:h=\n:h\nunseen=r0.5\n", b"t_other\na=i3\n"]
    digest, second_row, other_row = [v.digest(image).hex() for image in images]
    entries = [{"number": 1, "case_number": 1, "at": 5, "account": "4", "act": "x.add", "subject": None,
                "changes": f"t_row 8 {second_row}\nt_row 9 {digest}\nt_other 1 {other_row}\n"},
               {"number": 3, "case_number": 2, "at": 6, "account": None, "act": "case.read", "subject": None, "changes": ""}]
    chain, leaves = bytes(32), []
    for e in entries:
        text = f"audit 1\n7\n{e['number']}\n{e['at']}\n{e['account'] or ''}\n{e['act']}\n9\n{e['case_number']}\n\n{e['changes']}"
        chain = v.digest(chain + v.digest(text.encode()))
        leaves.append(chain)
    other = v.digest(b"another case")
    first, second = v.digest(b"\0" + leaves[0]), v.digest(b"\0" + other)
    proof = {"format": "ausma bundle 1", "org": "7", "case": "9", "checkpoint": checkpoint(3, [leaves[0], other, leaves[1]]),
             "path": [["left", v.digest(b"\1" + first + second).hex()]], "entries": entries,
             "images": {v.digest(image).hex(): base64.b64encode(image).decode() for image in images},
             "outside": {"checkpoint": checkpoint(2, [leaves[0], other]), "case_number": 1, "path": [["right", second.hex()]]}}
    record = {"rows": [{"table": "t_row", "key": "9", "digest": digest, "facts": {"a": "1", "risk": "h=\n:h"},
                        "fields": {"a": "1", "note": "It rains.", "risk": "High"}},
                       {"table": "t_row", "key": "8", "digest": second_row, "facts": {"a": "2", "risk": "h=\n:h", "unseen": "0.5"},
                        "fields": {"a": "2", "risk": "High"}}]}
    change(proof, record)
    files = {"record.json": json.dumps(record), "proof.json": json.dumps(proof)}
    manifest = "".join(f"{name} {v.digest(text.encode()).hex()}\n" for name, text in files.items())
    files["manifest.txt"] = signed("ausma manifest 1\n" + manifest)
    after(files)
    return files


class Bundles(unittest.TestCase):
    def run_on(self, files, outside=None):
        """What the checker says: "" when all is well."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "record.zip")
            with zipfile.ZipFile(path, "w") as out:
                for name, text in files.items():
                    out.writestr(name, text)
            arguments = ["verify_bundle.py", str(path)]
            if outside is not None:
                pathlib.Path(folder, "c.txt").write_text(outside)
                arguments += ["--checkpoint", str(pathlib.Path(folder, "c.txt"))]
            said = io.StringIO()
            with mock.patch.object(sys, "argv", arguments), contextlib.redirect_stdout(said):
                try:
                    v.main()
                except SystemExit as end:
                    return str(end.code)
            self.assertIn("Whole: 2 entries, 2 rows", said.getvalue())
            return said.getvalue().split("\n")[0][:5] if "NOTE" in said.getvalue() else ""

    def test_signatures(self):
        # RFC 8032, section 7.1, test 2
        public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        signature = bytes.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        self.assertTrue(v.signed(public, signature, b"\x72"))
        self.assertFalse(v.signed(public, signature, b"\x73"))
        self.assertFalse(v.signed(public, signature[:32] + (int.from_bytes(signature[32:], "little") + v.Q).to_bytes(32, "little"), b"\x72"))

    def test_m7_2_a_whole_bundle(self):
        files = bundle()
        proof = json.loads(files["proof.json"])
        self.assertEqual(self.run_on(files), "")
        self.assertEqual(self.run_on(files, proof["checkpoint"]), "")
        self.assertEqual(self.run_on(files, proof["outside"]["checkpoint"]), "")
        self.assertEqual(self.run_on(files, proof["outside"]["checkpoint"].replace("\n", "\r\n")), "")

    def test_m7_2_what_was_changed_before_it_was_signed(self):
        def entry(number, **values):
            return lambda proof, record: proof["entries"][number].update(values)
        changes = {
            "does not stand under": [entry(0, at=6), entry(0, act="x.save"), entry(0, account="5"), entry(1, account="4"), entry(1, subject="3"),
                                     entry(1, changes="t_row 8 gone\n"), lambda p, r: p.update(case="8"),
                                     lambda p, r: p["path"][0].__setitem__(0, "right"), lambda p, r: p["path"].clear()],
            "is missing": [lambda p, r: p["entries"].pop(0), lambda p, r: p["entries"].reverse(), entry(1, case_number=3)],
            "image": [lambda p, r: p["images"].update({k: base64.b64encode(b"t_row\na=i4\n").decode() for k in p["images"]}),
                      lambda p, r: p["images"].update({v.digest(b"x").hex(): base64.b64encode(b"x").decode()})],
            "last written": [lambda p, r: r["rows"][0].update(digest="0" * 64), lambda p, r: r["rows"].append(dict(r["rows"][0], key="7")),
                             lambda p, r: p["images"].clear()],
            "the checkpoint": [lambda p, r: p.update(checkpoint=p["checkpoint"].replace("1700000000000", "1700000000001"))],
            "another organisation": [lambda p, r: p.update(org="8", checkpoint=p["checkpoint"])],
        }
        for said, all_of_them in changes.items():
            for number, change in enumerate(all_of_them):
                with self.subTest(f"{said} {number}"):
                    self.assertIn(said, self.run_on(bundle(change)))

    def test_m7_2_facts_that_are_not_those_of_the_image(self):
        """Whoever signs a bundle cannot tell another fact than the one that was written, and the checker says which."""
        def facts(number, **values):
            return lambda proof, record: record["rows"][number]["facts"].update(values)

        def words(number, **values):
            return lambda proof, record: record["rows"][number]["fields"].update(values)
        changes = {
            "a of the row t_row 9 is 2 in record.json, 1 was written": facts(0, a="2"),
            "risk of the row t_row 8 is low in record.json, h=\n:h was written": facts(1, risk="low"),
            "unseen of the row t_row 8 is 0.25 in": facts(1, unseen="0.25"),
            "risk of the row t_row 9 is None in": lambda p, r: r["rows"][0]["facts"].pop("risk"),
            "new of the row t_row 9 is 1 in record.json, None was written": facts(0, new="1"),
            "note of the row t_row 9 is rain in": facts(0, note="rain"),
            "new of the row t_row 9 is None in": words(0, new="Never written"),
            "risk of the row t_row 8 reads 'Low', elsewhere 'High'": words(1, risk="Low"),
            "the row t_row 8 is missing in": lambda p, r: r["rows"].pop(1),
            "a row stands twice": lambda p, r: r["rows"].append(r["rows"][0]),
        }
        for said, change in changes.items():
            with self.subTest(said):
                self.assertIn(said, self.run_on(bundle(change)))

    def test_m7_2_what_was_changed_behind_the_signature(self):
        self.assertIn("record.json", self.run_on(bundle(after=lambda f: f.update({"record.json": f["record.json"] + " "}))))
        self.assertIn("manifest", self.run_on(bundle(after=lambda f: f.update({"manifest.txt": f["manifest.txt"].replace("record", "recorb")}))))

    def test_m7_2_files_beside_the_signed_ones(self):
        self.assertIn("not those of", self.run_on(bundle(after=lambda f: f.update({"record.pdf": "forged"}))))
        unsigned = signed(f"ausma manifest 1\nrecord.json {'0' * 64}\n")
        self.assertIn("not those of", self.run_on(bundle(after=lambda f: f.update({"manifest.txt": unsigned}))))

    def test_m7_2_text_that_somebody_else_signed(self):
        """All of a bundle can be signed anew by anybody; only the key tells."""
        def forge(files):
            files["record.json"] = files["record.json"].replace("It rains.", "It snows.")
            lines = "".join(f"{name} {v.digest(files[name].encode()).hex()}\n" for name in ("record.json", "proof.json"))
            files["manifest.txt"] = signed("ausma manifest 1\n" + lines, bytes(32))
        def forge_all(files):
            proof = json.loads(files["proof.json"])
            proof["checkpoint"] = signed("".join(line + "\n" for line in proof["checkpoint"].split("\n")[:6]), bytes(32))
            files["proof.json"] = json.dumps(proof)
            forge(files)
        kept = json.loads(bundle()["proof.json"])["checkpoint"]
        self.assertEqual(self.run_on(bundle(after=forge)), "NOTE:")
        self.assertEqual(self.run_on(bundle(after=forge), kept), "NOTE:")
        self.assertEqual(self.run_on(bundle(after=forge_all), kept), "NOTE:")

    def test_m7_2_a_checkpoint_that_contradicts(self):
        self.assertIn("does not speak of", self.run_on(bundle(), checkpoint(2, [bytes(32), bytes(32)])))
        self.assertIn("does not speak of", self.run_on(bundle(lambda p, r: p.update(outside=None)), checkpoint(2, [bytes(32)])))
        self.assertIn("signature", self.run_on(bundle(), checkpoint(2, [bytes(32)]).replace("1700", "1800")))

        def wrong(proof, record):
            proof["outside"]["case_number"] = 2
        self.assertIn("does not stand under", self.run_on(bundle(wrong), json.loads(bundle()["proof.json"])["outside"]["checkpoint"]))


if __name__ == "__main__":
    unittest.main()

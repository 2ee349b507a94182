"""The Debian package names all that the program is built with, and its unit leaves little open."""
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_LIBRARIES = {"build-essential", "nodejs", "npm", "fonts-dejavu-core", "tzdata"}


def built_with():
    lines = (ROOT / "tools/packages.txt").read_text().splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#") and line.split()[1] == "run"} - NOT_LIBRARIES


class Packaging(unittest.TestCase):
    def test_build_depends_names_every_package(self):
        control = (ROOT / "packaging/debian/control").read_text()
        listed = set(re.findall(r"[a-z0-9.+-]+", re.search(r"Build-Depends:(.*?)\n(?=\S|\n)", control, re.S)[1]))
        self.assertEqual(built_with() - listed, set())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_unit_leaves_little_open(self):
        said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(ROOT / "packaging/debian/ausma.service")],
                              capture_output=True, text=True, check=False).stdout
        self.assertLessEqual(float(re.search(r"Overall exposure level[^:]*: ([0-9.]+)", said)[1]), 1.0)

    def test_proxies_keep_nothing(self):
        nginx = (ROOT / "packaging/proxy/nginx.conf").read_text()
        for line in ("access_log off;", "proxy_request_buffering off;", "proxy_max_temp_file_size 0;", "proxy_cache off;",
                     "proxy_set_header X-Forwarded-For $remote_addr;"):
            self.assertIn(line, nginx)


if __name__ == "__main__":
    unittest.main()

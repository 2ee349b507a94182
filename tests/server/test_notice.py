"""Mail about a sign-in from a new browser: python3 tests/server/test_notice.py PROGRAM. Sends to a mail server that is made here."""
import base64
import email
import email.policy
import http.cookiejar
import os
import pathlib
import re
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ROOT / "build-check/ausma").resolve()
ADDRESS = "somebody.private@example.org"
FROM = "notices@example.net"


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs to hand over a mail and to sign in."""

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        sink: Sink = self.server
        envelope: dict = {"to": []}
        self.say("220 sink")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            if word == b"EHLO":
                self.say("250-sink\r\n250 AUTH PLAIN")
            elif word == b"AUTH":
                self.say("334 ")
                sink.signed_in.append(base64.b64decode(self.rfile.readline()))
                self.say("235 good")
            elif word == b"MAIL":
                envelope["from"] = line.decode()
                self.say("250 good")
            elif word == b"RCPT":
                sink.asked += 1
                if sink.refusals:
                    self.say(f"{sink.refusals.pop(0)} not now")
                    continue
                envelope["to"].append(line.decode())
                self.say("250 good")
            elif word == b"DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b"..") else line)
                envelope["mail"] = b"".join(lines)
                sink.mails.append(envelope)
                envelope = {"to": []}
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 good")


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list = []
        self.signed_in: list = []
        self.refusals: list = []
        self.asked = 0


class Browser:
    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, page: str, path: str, **fields: str) -> str:
        """Fills in the form of a page that leads to `path`."""
        form = re.search(rf'<form[^>]*action="{re.escape(path)}".*?</form>', self.get(page), re.S)
        if form is None:
            raise AssertionError(f"{page} has no form for {path}")
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
        request = urllib.request.Request(self.address + path, urllib.parse.urlencode(hidden | fields).encode(), {"Origin": self.address})
        with self.opener.open(request, timeout=60) as answer:
            return answer.read().decode()

    def sign_in(self, login: str, password: str) -> None:
        self.post("/sign-in", "/sign-in", login=login, password=password)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Notice(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-notice-")
        cls.addClassCleanup(holder.cleanup)
        data = f"{holder.name}/d"
        cls.sink = Sink()
        threading.Thread(target=cls.sink.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.sink.server_close)
        cls.addClassCleanup(cls.sink.shutdown)
        environment = dict(os.environ, AUSMA_SHARE=str(ROOT), HOME=holder.name)
        environment.pop("DATABASE", None)
        subprocess.run([str(PROGRAM), "demo", "--data", data, "--cases", "1"], check=True, capture_output=True, env=environment)
        kept = pathlib.Path(data, "accounts.txt").read_text().split("\n")
        cls.login, cls.password = kept[0].split()[:2]
        secret = pathlib.Path(holder.name, "password")
        secret.write_text("for-the-mail-server\nand nothing more\n")
        settings = pathlib.Path(data, "ausma.yaml")
        settings.write_text((settings.read_text() if settings.exists() else "") +
                            f"plain_cookie: true\nmail_url: smtp://127.0.0.1:{cls.sink.server_address[1]}\nmail_from: {FROM}\nmail_user: {FROM}\n"
                            f"mail_password_file: {secret}\n")
        cls.port = free_port()
        cls.server = subprocess.Popen([str(PROGRAM), "serve", "--data", data, "--port", str(cls.port), "--allow-root"], env=environment,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        cls.addClassCleanup(cls.stop)
        cls.said = []
        for line in cls.server.stdout:
            cls.said.append(line)
            if line.startswith("http://"):
                return
        raise AssertionError("it does not serve: " + "".join(cls.said))

    @classmethod
    def stop(cls) -> None:
        cls.server.terminate()
        rest, _ = cls.server.communicate(timeout=30)
        said = "".join(cls.said) + rest
        assert cls.server.returncode == 0, said
        for secret in (ADDRESS, cls.login, "for-the-mail-server"):
            assert secret not in said, said

    def wait_for(self, count: int) -> list:
        until = time.monotonic() + 20
        while len(self.sink.mails) < count and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(len(self.sink.mails), count)
        return self.sink.mails

    def test_a_new_browser_and_a_known_one(self) -> None:
        """From inside the sandbox: the thread connects after it has shut."""
        first = Browser(self.port)
        first.sign_in(self.login, self.password)
        self.assertIn('value=""', re.search(r'<input[^>]*name="mail"[^>]*>', first.get("/account/notices"))[0])
        first.post("/account/notices", "/account/notices", mail=ADDRESS)
        self.assertIn(ADDRESS, first.get("/account/notices"))
        first.sign_in(self.login, self.password)          # from the browser that is known
        Browser(self.port).sign_in(self.login, self.password)
        mail = self.wait_for(1)[0]
        self.assertIn(f"<{FROM}>", mail["from"])
        self.assertEqual(len(mail["to"]), 1)
        self.assertIn(f"<{ADDRESS}>", mail["to"][0])
        self.assertEqual(self.sink.signed_in[0], f"\0{FROM}\0for-the-mail-server".encode())
        read = email.message_from_bytes(mail["mail"], policy=email.policy.default)
        self.assertEqual(read["To"], ADDRESS)
        self.assertEqual(read["Auto-Submitted"], "auto-generated")
        self.assertIsNotNone(read["Date"].datetime)
        text = next(part for part in read.walk() if part.get_content_type() == "text/plain").get_content()
        self.assertRegex(text, r"\d\d[:.]\d\d")
        whole = (str(read["Subject"]) + text + mail["mail"].decode()).lower()
        for word in (self.login, "ausma", "http", "127.0.0.1:", "localhost"):
            self.assertNotIn(word, whole)
        # A server that says "never" is not asked again, and nobody waits for it.
        self.sink.refusals = [550]
        asked = self.sink.asked
        Browser(self.port).sign_in(self.login, self.password)
        until = time.monotonic() + 20
        while self.sink.asked == asked and time.monotonic() < until:
            time.sleep(0.05)
        # After five in an hour the mailbox is left in peace.
        for _ in range(5):
            Browser(self.port).sign_in(self.login, self.password)
        self.wait_for(4)
        time.sleep(1)
        self.wait_for(4)
        # No address, no mail.
        first.sign_in(self.login, self.password)
        first.post("/account/notices", "/account/notices", mail=ADDRESS)
        self.wait_for(4)
        first.post("/account/notices", "/account/notices", mail="")
        self.assertNotIn(ADDRESS, first.get("/account/notices"))
        # The address they went to is told, whatever else it was told in this hour.
        away = email.message_from_bytes(self.wait_for(5)[4]["mail"], policy=email.policy.default)
        self.assertEqual(away["To"], ADDRESS)
        self.assertNotEqual(away["Subject"], read["Subject"])
        first.post("/account/notices", "/account/notices", mail=ADDRESS)
        time.sleep(1)
        self.wait_for(5)


if __name__ == "__main__":
    unittest.main()

"""Mail about a sign-in from a new browser: python3 tests/server/test_notice.py PROGRAM. Sends to mail servers that are made here, which speak
TLS with certificates that are made here, too."""
import base64
import email
import email.policy
import http.cookiejar
import os
import pathlib
import re
import select
import socket
import socketserver
import ssl
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

    def secure(self, context: ssl.SSLContext) -> None:
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        try:
            self.converse()
        except OSError:  # the other side did not like the certificate
            pass

    def converse(self) -> None:
        sink: Sink = self.server
        envelope: dict = {"to": []}
        if sink.tls == "smtps":
            self.secure(sink.context)
        self.say("220 sink")
        while line := self.rfile.readline():
            if not isinstance(self.request, ssl.SSLSocket):
                sink.plain.append(line)
            word = line.split(b" ")[0].strip().upper()
            if word == b"EHLO":
                offer = "250-STARTTLS\r\n" if sink.tls == "smtp" and not isinstance(self.request, ssl.SSLSocket) else ""
                self.say(f"250-sink\r\n{offer}250 AUTH PLAIN")
            elif word == b"STARTTLS" and sink.tls == "smtp":
                self.say("220 go on")
                self.secure(sink.context)
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

    def __init__(self, address: str = "127.0.0.1", tls: str = "", context: ssl.SSLContext | None = None) -> None:
        super().__init__((address, 0), Conversation)
        self.tls, self.context = tls, context
        self.plain: list = []  # lines that came in the clear
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


class Serving:
    """A demonstration that is served, with more settings; what it says is in `said`."""

    def __init__(self, case: type[unittest.TestCase], folder: str, settings: str) -> None:
        data = f"{folder}/d"
        environment = dict(os.environ, AUSMA_SHARE=str(ROOT), HOME=folder)
        environment.pop("DATABASE", None)
        if not pathlib.Path(data).exists():
            subprocess.run([str(PROGRAM), "demo", "--data", data, "--cases", "1"], check=True, capture_output=True, env=environment)
        kept = pathlib.Path(data, "accounts.txt").read_text().split("\n")
        self.login, self.password = kept[0].split()[:2]
        pathlib.Path(data, "ausma.yaml").write_text(f"plain_cookie: true\nmail_from: {FROM}\n" + settings)
        self.port = free_port()
        self.server = subprocess.Popen([str(PROGRAM), "serve", "--data", data, "--port", str(self.port), "--allow-root"], env=environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        case.addClassCleanup(self.stop)
        self.said = ""
        while not self.said.endswith(f":{self.port}\n"):
            line = self.server.stdout.readline()
            if not line:
                raise AssertionError("it does not serve: " + self.said)
            self.said += line

    def stop(self) -> str:
        """Everything that it said; a second time nothing happens."""
        if self.server.returncode is None:
            self.server.terminate()
            self.said += self.server.communicate(timeout=30)[0]
            assert self.server.returncode == 0, self.said
            for secret in (ADDRESS, self.login, "for-the-mail-server"):
                assert secret not in self.said, self.said
        return self.said


def sink_for(case: type[unittest.TestCase], *arguments) -> Sink:
    sink = Sink(*arguments)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    case.addClassCleanup(sink.server_close)
    case.addClassCleanup(sink.shutdown)
    return sink


class Notice(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-notice-")
        cls.addClassCleanup(holder.cleanup)
        cls.sink = sink_for(cls)
        secret = pathlib.Path(holder.name, "password")
        secret.write_text("for-the-mail-server\nand nothing more\n")
        serving = Serving(cls, holder.name, f"mail_url: smtp://127.0.0.1:{cls.sink.server_address[1]}\nmail_user: {FROM}\n"
                                            f"mail_password_file: {secret}\n")
        cls.port, cls.login, cls.password = serving.port, serving.login, serving.password

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


class Tls(unittest.TestCase):
    """m7_2 A mail server elsewhere (any address but this machine's first) must prove who it is, or it learns nothing."""

    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-notice-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.crt")
        for name, address, days in (("good", "127.0.0.2", "2"), ("late", "127.0.0.2", "-1"), ("wrong", "127.0.0.3", "2")):
            (cls.folder / "names").write_text(f"subjectAltName=IP:{address}\n")
            cls.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={address}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
            cls.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", days, "-extfile", "names",
                        "-out", f"{name}.crt")

    @classmethod
    def openssl(cls, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=cls.folder, check=True, capture_output=True)

    def sent(self, tls: str, certificate: str, trusted: bool = True, offered: bool = True) -> tuple[Sink, str]:
        """What came of one sign-in with a new browser: the mail server, and what the program said."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{certificate}.crt", self.folder / f"{certificate}.key")
        sink = sink_for(type(self), "127.0.0.2", tls if offered else "", context)
        authorities = f"mail_authorities_file: {self.folder}/ca.crt\n" if trusted else ""
        serving = Serving(type(self), str(self.folder), f"mail_url: {tls}://127.0.0.2:{sink.server_address[1]}\n{authorities}")
        browser = Browser(serving.port)
        browser.sign_in(serving.login, serving.password)
        browser.post("/account/notices", "/account/notices", mail=ADDRESS)
        Browser(serving.port).sign_in(serving.login, serving.password)
        until = time.monotonic() + 20
        while not sink.mails and "was not sent" not in serving.said and time.monotonic() < until:
            if select.select([serving.server.stdout], [], [], 0.05)[0]:
                serving.said += serving.server.stdout.readline()
        return sink, serving.stop()

    @staticmethod
    def words(sink: Sink) -> set:
        return {line.split(b" ")[0].strip().upper() for line in sink.plain}

    def test_m7_2_a_server_that_proves_who_it_is(self) -> None:
        for tls in ("smtps", "smtp"):
            with self.subTest(tls=tls):
                sink, _ = self.sent(tls, "good")
                self.assertGreaterEqual(len(sink.mails), 1)
                self.assertEqual(self.words(sink), set() if tls == "smtps" else {b"EHLO", b"STARTTLS"})

    def test_m7_2_any_other_server_learns_nothing(self) -> None:
        for tls in ("smtps", "smtp"):
            for what in ({"certificate": "late"}, {"certificate": "wrong"}, {"certificate": "good", "trusted": False},
                         {"certificate": "good", "offered": False}):
                with self.subTest(tls=tls, **what):
                    sink, said = self.sent(tls, **what)
                    self.assertEqual((sink.mails, sink.asked), ([], 0))
                    if tls == "smtp":  # what a server without TLS reads of a greeting in TLS are no words
                        self.assertLessEqual(self.words(sink), {b"EHLO", b"STARTTLS", b"QUIT"})
                    self.assertNotIn(b"example", b"".join(sink.plain))
                    self.assertIn("a notice was not sent", said)


if __name__ == "__main__":
    unittest.main()

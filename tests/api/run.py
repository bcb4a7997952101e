"""Holds the API against its own document: schemathesis, with every check, as a professional and as officers of a generated town.

Usage: run.py BINARY [--examples N] [--seed N] [--only OPERATION]...
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent
PASSWORD = "xueshi-demo-2026"
LOGINS = ["person-chengdu-1-1", "employer-chengdu-1", "provider-chengdu", "authority-chengdu"]


def serve(binary: str, data: str) -> tuple[subprocess.Popen, str]:
    """Starts the server on a free port; the process and its address."""
    log = open(Path(data) / "server.log", "w+", encoding="utf-8")
    server = subprocess.Popen([binary, "serve", "--data", data, "--listen", "127.0.0.1:0"], stderr=log)
    reader = open(log.name, encoding="utf-8")
    said = ""
    while server.poll() is None:
        said += reader.read(1) or ""
        if found := re.search(r"http://127\.0\.0\.1:\d+(?=/)", said):
            return server, found[0]
    raise SystemExit(f"the server ended: {said}")


def signed_in(base: str, login: str) -> list[str]:
    """Signs in; the headers that a browser would send."""
    browser = requests.Session()
    answer = browser.post(f"{base}/sign-in", data={"login": login, "password": PASSWORD}, allow_redirects=False)
    assert answer.status_code == 303, (answer.status_code, answer.text)
    me = browser.get(f"{base}/api/v1/me").json()
    return ["-H", f"Cookie: session={browser.cookies['session']}", "-H", f"X-CSRF-Token: {me['csrf']}"]


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--examples", type=int, default=15)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", action="append", default=[])
    asked = arguments.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as data:
        made = [asked.binary, "demo", "--data", data, "--employers", "1", "--people", "3", "--years", "2"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        server, base = serve(asked.binary, data)
        try:
            for login in LOGINS:
                print(f"-- {login}", flush=True)
                command = [
                    str(Path(sys.executable).with_name("schemathesis")),
                    "--config-file", str(HERE / "schemathesis.toml"),
                    "run", f"{base}/api/v1/openapi.json",
                    "--checks", "all", "--max-examples", str(asked.examples), "--seed", str(asked.seed),
                    "--suppress-health-check", "all", "--continue-on-failure",
                    *(part for one in asked.only for part in ("--include-operation-id", one)),
                    *signed_in(base, login),
                ]
                failed |= subprocess.run(command, cwd=data).returncode
        finally:
            server.terminate()
            server.wait()
        log = (Path(data) / "server.log").read_text(encoding="utf-8")
        if failed or "ERROR" in log:
            print(log[-4000:])
            failed = failed or 1
    return failed


if __name__ == "__main__":
    sys.exit(main())

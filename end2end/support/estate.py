"""The demo estate, and what its people can see of a call."""

import http.cookiejar
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


class Estate:
    """A running server with a demo estate in it."""

    def __init__(self, base_url=None, data=None):
        data = Path(data or os.environ.get("E2E_DATA", "../data"))
        self.demo = json.loads((data / "demo.json").read_text())
        self.base_url = base_url or os.environ.get("BASE_URL") or self.demo["base_url"]
        self.tenants = list(dict.fromkeys(key["tenant"] for key in self.demo["api_keys"]))
        self.sessions = {}

    def key(self, tenant=0, index=0):
        """A key of a tenant: of its first project, or of another one."""
        keys = [k for k in self.demo["api_keys"] if k["tenant"] == self.tenants[tenant]]
        return keys[index]["key"]

    def person(self, role, tenant=0):
        wanted = None if role == "platform_admin" else self.tenants[tenant]
        people = self.demo["users"]
        return next(p for p in people if p["role"] == role and p["tenant"] == wanted)

    def console(self, role="tenant_admin", tenant=0):
        """The console as a person of that role sees it."""
        who = self.person(role, tenant)
        if who["email"] not in self.sessions:
            self.sessions[who["email"]] = Console(self.base_url, who)
        return self.sessions[who["email"]]


class Console:
    """A person's session, used as the pages' scripts use it."""

    def __init__(self, base_url, person):
        self.base_url = base_url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        form = {"email": person["email"], "password": person["password"], "next": ""}
        self._send("access/sign_in", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")

    def ask(self, what, **question):
        """Asks a server function, and returns its answer; `None` where there is no such thing."""
        try:
            return json.loads(self._send(what, json.dumps(question).encode(), "application/json"))
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def call(self, call_id, timeout_s=15):
        """A call once it is recorded, which happens a moment after its answer."""
        end = time.monotonic() + timeout_s
        while True:
            found = self.ask("call/detail", id=call_id)
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"call {call_id} was not recorded within {timeout_s} s")
            time.sleep(0.05)

    def _send(self, what, body, media_type):
        headers = {"content-type": media_type, "origin": self.base_url, "accept": "application/json"}
        request = urllib.request.Request(f"{self.base_url}/do/{what}", body, headers)
        with self.opener.open(request, timeout=20) as answer:
            return answer.read()

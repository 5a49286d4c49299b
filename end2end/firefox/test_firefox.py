"""Another browser than the one that all pages are tested in: what every page stands on works there too."""

import json
import os
import unittest
import urllib.request

from support.estate import Estate
from support.firefox import ENTER, Firefox
from support.instance import wait_for


class InFirefox(unittest.TestCase):
    def setUp(self):
        self.estate = Estate()
        self.firefox = Firefox(os.environ["FIREFOX"])
        self.addCleanup(self.firefox.close)

    def stay(self):
        """Marks the page: a mark that is there still shows that no page was loaded since."""
        self.firefox.ask("window.marked = true")

    def assert_stayed(self, why):
        self.assertIs(self.firefox.ask("window.marked === true"), True, why)

    def sign_in(self, email, password):
        self.firefox.fill("E-mail address", email)
        self.firefox.fill("Password", password)
        self.firefox.type(ENTER)

    def call(self):
        """Makes a call, and gives its id."""
        body = {"model": "sim-small", "messages": [{"role": "user", "content": "Seen in Firefox?"}]}
        headers = {"authorization": f"Bearer {self.estate.key()}", "content-type": "application/json"}
        url = f"{self.estate.base_url}/v1/chat/completions"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers["x-request-id"]

    def test_a_person_signs_in_and_sees_a_call_arrive(self):
        firefox, person = self.firefox, self.estate.person("tenant_admin")
        firefox.open(f"{self.estate.base_url}/sign-in")
        self.stay()
        self.sign_in(person["email"], "not the right password")
        firefox.shows("The e-mail address or the password is wrong.")
        self.assert_stayed("the form is sent by a script")

        self.sign_in(person["email"], person["password"])
        wait_for("the feed is open", lambda: firefox.ask("location.pathname") == "/activity")
        firefox.awake()
        self.stay()
        call_id = self.call()
        link = f"document.querySelector('main a[href=\"/calls/{call_id}\"]') !== null"
        wait_for("the call arrives in the open page", lambda: firefox.ask(link))
        self.assert_stayed("the feed is live")
        self.assertEqual(firefox.noise, [], "the browser must have nothing to complain about")


if __name__ == "__main__":
    unittest.main()

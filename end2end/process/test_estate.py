"""The program from outside: its files, its commands, its refusals, its numbers."""

import stat
import unittest
import urllib.request

import openai

from support.instance import Server, free_port, wait_for


class Estate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def test_credentials_are_for_their_owner_only(self):
        for path in [self.server.data / "demo.json", *self.server.folder.glob("keys/*")]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path.name)
        self.assertFalse(any(self.server.data.rglob("keystore")), "the key store lies elsewhere")

    def test_a_second_server_on_the_same_data_is_refused(self):
        second = self.server.command("serve", TOKENONE_SERVER_METRICS_LISTEN="")
        self.assertNotEqual(second.returncode, 0)
        self.assertIn("tokenone:", second.stderr)
        self.assertIn("another", second.stderr.lower())
        self.assertNotIn("panicked", second.stderr)
        with urllib.request.urlopen(f"{self.server.url}/readyz", timeout=5) as answer:
            self.assertEqual(answer.status, 200, "the first one does not notice")

    def test_a_second_server_on_the_same_address_is_refused(self):
        address = self.server.url.removeprefix("http://")
        second = self.server.command("serve", TOKENONE_LISTEN=address, TOKENONE_SERVER_METRICS_LISTEN="")
        self.assertNotEqual(second.returncode, 0)
        self.assertIn(f"cannot listen on {address}", second.stderr)

    def test_a_first_start_leaves_every_model_usable(self):
        with self.server.database() as database:
            refused = database.execute("select count(*) from app.call where status = 503").fetchone()
            stopped = database.execute("select model, reason, detail from platform.circuit where state <> 'closed'")
            self.assertEqual((refused, stopped.fetchall()), ((0,), []))

    def test_a_good_configuration_is_good(self):
        checked = self.server.command("check")
        self.assertEqual((checked.returncode, checked.stdout.strip()), (0, "The configuration is good."))

    def test_every_mistake_is_told_with_its_place_and_its_remedy(self):
        wrong = self.server.folder / "wrong.toml"
        wrong.write_text(
            '[server]\nlisten = "nowhere"\nlissten = "127.0.0.1:1"\n\n'
            '[[provider]]\nslug = "Not A Slug"\nbase_url = "ftp://example"\n\n'
            '[[alias]]\nname = "x"\ntargets = [{ provider = "nobody", model = "m" }]\n'
        )
        checked = self.server.command("check", "--config", str(wrong), TOKENONE_SERVER_DRIAN="1")
        self.assertEqual(checked.returncode, 1)
        for text in [
            f"{wrong}:2: ", "`nowhere` is not an address with a port",
            f"{wrong}:3: ", "did you mean `server.listen`?",
            f"{wrong}:5: ", "is not a short name",
            f"{wrong}:9: ", "`nobody` is not configured",
            "environment variable TOKENONE_SERVER_DRIAN", "did you mean TOKENONE_SERVER_DRAIN?",
        ]:
            self.assertIn(text, checked.stderr)
        self.assertEqual(checked.stderr.count("remedy: "), 6)

    def test_a_missing_key_store_is_never_made_anew_for_old_data(self):
        elsewhere = self.server.folder / "keys" / "another"
        refused = self.server.command(
            "serve", TOKENONE_KEYSTORE=str(elsewhere), TOKENONE_SERVER_METRICS_LISTEN="",
            TOKENONE_LISTEN=f"127.0.0.1:{free_port()}",
        )
        self.assertNotEqual(refused.returncode, 0)
        self.assertFalse(elsewhere.exists(), "D12: a new key would open nothing")

    def test_the_numbers_are_there_and_name_nobody(self):
        estate = self.server.estate()
        client = openai.OpenAI(api_key=estate.key(), base_url=f"{estate.base_url}/v1", max_retries=0)
        client.chat.completions.create(model="sim-small", messages=[{"role": "user", "content": "Hello"}])

        def scrape():
            with urllib.request.urlopen(f"http://{self.server.metrics}/metrics", timeout=5) as answer:
                return answer.read().decode()

        wait_for("nothing is in flight", lambda: "\ntokenone_calls_in_flight 0\n" in scrape())
        text = scrape()
        self.assertIn('tokenone_calls_total{', text)
        self.assertIn('outcome="completed"', text)
        for word in [*estate.tenants, estate.key(), "sim-small", "@"]:
            self.assertNotIn(word, text)

    def test_health_says_what_is_ready_and_the_public_door_has_no_metrics(self):
        for path, text in [("/healthz", "alive"), ("/readyz", "database: ready")]:
            with urllib.request.urlopen(f"{self.server.url}{path}", timeout=5) as answer:
                self.assertIn(text, answer.read().decode())
        request = urllib.request.Request(f"{self.server.url}/metrics")
        with urllib.request.urlopen(request, timeout=5) as answer:
            self.assertIn("/sign-in", answer.url, "a stranger is asked to sign in")


class Migrating(unittest.TestCase):
    def test_migrate_prepares_a_database_and_leaves(self):
        server = Server()
        self.addCleanup(server.remove)
        for _ in range(2):
            migrated = server.command("migrate")
            self.assertEqual(migrated.returncode, 0, migrated.stderr)
            self.assertIn("The schema is up to date.", migrated.stdout)


if __name__ == "__main__":
    unittest.main()

"""D8: neither the data directory, nor the database, nor the log says what was asked, answered, or what opens
a door. Secrets are looked for as they are, in base64 and in hexadecimal."""

import base64
import binascii
import secrets
import unittest

import openai

from support.instance import beside_simulator, wait_for

CREDENTIAL = f"canary-credential-{secrets.token_hex(16)}"


def disguises(secret):
    """A secret as it is, and as the codings in which it could hide."""
    text = secret.encode()
    forms = {text, binascii.hexlify(text), binascii.hexlify(text).upper()}
    for shift in range(3):
        # The middle of the coding of some text is the same whatever stands before it, but for its shift.
        coded = base64.b64encode(b"\0" * shift + text)
        middle = coded[4 if shift else 0 : -4]
        forms |= {middle, middle.replace(b"+", b"-").replace(b"/", b"_")}
    return forms


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server, cls.simulator = beside_simulator(cls, CREDENTIAL, log_filter="debug")
        cls.server.start()
        cls.estate = cls.server.estate()
        cls.canaries = {name: f"canary{secrets.token_hex(16)}" for name in ["prompt", "broken", "tool", "header"]}
        cls.canaries["credential"] = CREDENTIAL
        for number, key in enumerate(cls.estate.demo["api_keys"]):
            cls.canaries[f"key {number}"] = key["key"]
        for person in cls.estate.demo["users"]:
            cls.canaries[f"password of {person['email']}"] = person["password"]
        cls.traffic()

    @classmethod
    def traffic(cls):
        client = openai.OpenAI(api_key=cls.estate.key(), base_url=f"{cls.server.url}/v1", max_retries=0)
        last = None
        for stream in [False, True]:
            answer = client.chat.completions.create(
                model="elsewhere-small",
                messages=[
                    {"role": "system", "content": f"Keep {cls.canaries['tool']} to yourself."},
                    {"role": "user", "content": f"{cls.canaries['prompt']} " * 40},
                ],
                stream=stream,
                # The answer repeats the question, so it must not be found in the answer either.
                extra_headers={"x-simulate": "echo", "x-canary": cls.canaries["header"]},
            )
            if stream:
                last = answer.response.headers["x-request-id"]
                list(answer)
            else:
                assert cls.canaries["prompt"] in answer.choices[0].message.content
        for status in ["status=500", "malformed_json", "reset"]:
            try:
                client.chat.completions.create(
                    model="elsewhere-small",
                    messages=[{"role": "user", "content": cls.canaries["prompt"]}],
                    extra_headers={"x-simulate": status},
                )
            except openai.APIError:
                pass
        try:
            client.post("/chat/completions", cast_to=object, body={"messages": cls.canaries["broken"]})
        except openai.BadRequestError:
            pass
        # The words are read in the console, which decrypts them for a moment.
        call = cls.estate.console().call(last)
        content = cls.estate.console().ask("call/content", id=call["row"]["id"])
        assert cls.canaries["prompt"] in content["request"]["text"]

    def look(self, where, blob):
        for name, canary in self.canaries.items():
            for form in disguises(canary):
                # Named, never printed: a failing test must not be the leak.
                self.assertFalse(form in blob, f"{name} was found in {where}")

    def test_d8_no_row_of_the_database_holds_a_secret(self):
        with self.server.database() as database:
            tables = database.execute(
                "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n"
                " on n.oid = c.relnamespace where c.relkind in ('r', 'm')"
                " and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
            ).fetchall()
            self.assertGreater(len(tables), 10)
            rows = 0
            for (table,) in tables:
                for (row,) in database.execute(f"select t::text from {table} t"):
                    rows += 1
                    # bytea is shown in hexadecimal: what is readable in it must be found too.
                    self.look(table, row.encode())
            self.assertGreater(rows, 300)

    def test_d8_no_sealed_column_is_readable(self):
        with self.server.database() as database:
            for (blob,) in database.execute("select request || coalesce(response, '') from app.call_payload"):
                self.look("app.call_payload", bytes(blob))

    def test_d8_no_file_of_the_data_directory_holds_a_secret(self):
        with self.server.database() as database:
            # What is in memory only would be found in no file.
            database.execute("checkpoint")
        files = 0
        for path in self.server.data.rglob("*"):
            if not path.is_file() or path.is_symlink() or path.name == "demo.json":
                continue
            try:
                blob = path.read_bytes()
            except FileNotFoundError:
                continue
            files += 1
            self.look(path.name, blob)
        self.assertGreater(files, 100)

    def test_no_line_of_the_log_holds_a_secret(self):
        wait_for("something was logged", lambda: self.server.log.stat().st_size > 0)
        blob = self.server.log.read_bytes()
        self.look("the log", blob)

    def test_a_secret_would_be_found(self):
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + CREDENTIAL.encode() + b"tail")
            self.assertTrue(any(form in coded for form in disguises(CREDENTIAL)), shift)
        self.assertTrue(any(f in binascii.hexlify(CREDENTIAL.encode()) for f in disguises(CREDENTIAL)))


if __name__ == "__main__":
    unittest.main()

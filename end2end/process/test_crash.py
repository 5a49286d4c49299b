"""T22: whatever ends the server, nothing that a provider billed is lost, and nothing is booked twice."""

import signal
import unittest

from load import Load
from support.instance import alive, beside_simulator, wait_for

# Answered calls before the signal, so that many more are on their way.
ANSWERED_MIN = 250
READY_AGAIN_S_MAX = 10
CREDENTIAL = "provider-key-of-the-crash-tests"
MODEL = "elsewhere-small"


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server, cls.simulator = beside_simulator(cls, CREDENTIAL)

    def setUp(self):
        self.server.start()

    def load(self):
        estate = self.server.estate()
        return Load(self.server.url, estate.key(), MODEL)

    def reconcile(self):
        """Compares what the provider billed with what the books say, call by call. Gives how many calls are
        settled, and which are held still."""
        bills = {}
        for bill in self.simulator.bills():
            call_id = bill["x_client_request_id"]
            self.assertNotIn(call_id, bills, "no call is sent twice")
            bills[call_id] = bill
        with self.server.database() as database:
            transfers, calls = {}, {}
            for row in database.execute(
                "select call_id::text, kind::text, leg, amount, released, expires_at from app.transfer"
                " where price_id in (select id from platform.price where provider = 'simulator')"
            ):
                transfers.setdefault(row[0], []).append(row[1:])
            for row in database.execute(
                "select id::text, input_tokens, output_tokens, usage_source, outcome, upstream_request_id"
                " from app.call"
            ):
                calls[row[0]] = row[1:]
            unbalanced = database.execute(
                "select call_id from app.entry group by call_id having sum(amount) <> 0"
            ).fetchall()
            doubled = database.execute(
                "select call_id from app.transfer where kind in ('P', 'V', 'E') and leg = 0"
                " group by call_id, attempt having count(*) > 1"
            ).fetchall()
        self.assertEqual(unbalanced, [], "the entries of every call sum to zero")
        self.assertEqual(doubled, [], "no hold is resolved twice")

        settled, opened = 0, []
        for call_id, bill in bills.items():
            legs = transfers.get(call_id)
            self.assertTrue(legs, f"the provider billed {bill['id']}, and nothing was ever held for it")
            holds = [leg for leg in legs if leg[0] == "H"]
            posts = [leg for leg in legs if leg[0] == "P"]
            self.assertEqual(len(holds), 1)
            if not any(leg[0] in "PVE" for leg in legs):
                self.assertIsNotNone(holds[0][4], "an open hold says when it expires")
                opened.append(call_id)
                continue
            self.assertEqual(len(posts), 2, f"{call_id}: a charge and a cost")
            self.assertIn(call_id, calls, "a settled call is in the feed")
            told = calls[call_id]
            if bill["completed"] and told[2] == "reported":
                self.assertEqual(told[:2], (bill["prompt_tokens"], bill["completion_tokens"]), call_id)
                self.assertEqual(told[4], bill["id"])
            settled += 1
        return settled, opened

    def works_again(self):
        estate = self.server.estate()
        with Load(self.server.url, estate.key(), MODEL, clients=2) as load:
            wait_for("calls are answered again", lambda: load.answered >= 10)

    def quiet(self):
        """Waits until the simulator has written its last bill: they are written when a call ends."""
        sizes = []

        def still():
            sizes.append(self.simulator.log.stat().st_size)
            return len(sizes) > 6 and len(set(sizes[-6:])) == 1

        wait_for("the provider is quiet", still, 30)

    def test_t22_sigterm_under_load_settles_every_call(self):
        with self.load() as load:
            wait_for("calls are answered", lambda: load.answered >= ANSWERED_MIN, 60)
            code = self.server.process.end(signal.SIGTERM)
        self.assertEqual(code, 0)
        self.assertEqual(load.broken, [], "calls in flight may finish")
        self.quiet()
        self.assertLess(self.server.start(), READY_AGAIN_S_MAX)
        settled, opened = self.reconcile()
        self.assertGreaterEqual(settled, load.answered)
        sent = set(load.whole + load.broken + load.refused)
        self.assertEqual(sent & set(opened), set(), "an orderly stop settles everything")
        self.works_again()

    def test_t22_sigkill_under_load_loses_nothing(self):
        with self.load() as load:
            wait_for("calls are answered", lambda: load.answered >= ANSWERED_MIN, 60)
            self.server.process.end(signal.SIGKILL)
        self.quiet()
        self.assertLess(self.server.start(), READY_AGAIN_S_MAX)
        settled, opened = self.reconcile()
        self.assertGreater(settled, 0)
        print(f"  ({settled} calls settled, {len(opened)} held until they expire)", end=" ", flush=True)
        self.works_again()

    def test_t22_killing_the_database_too_loses_nothing(self):
        with self.load() as load:
            wait_for("calls are answered", lambda: load.answered >= ANSWERED_MIN, 60)
            self.server.kill_everything()
        self.quiet()
        self.assertLess(self.server.start(), READY_AGAIN_S_MAX, "the database recovers by itself")
        settled, opened = self.reconcile()
        self.assertGreater(settled, 0)
        print(f"  ({settled} calls settled, {len(opened)} held until they expire)", end=" ", flush=True)
        self.works_again()

    def test_ctrl_c_leaves_no_process_behind(self):
        pids = self.server.processes()
        self.assertGreater(len(pids), 3)
        self.assertEqual(self.server.process.end(signal.SIGINT), 0)
        wait_for("everything has ended", lambda: not any(alive(pid) for pid in pids))
        self.assertFalse((self.server.data / "postgres/pg/cluster/postmaster.pid").exists())


if __name__ == "__main__":
    unittest.main()

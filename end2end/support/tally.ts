// Adds the number of passed and failed tests to the file that scripts/end2end.sh sums up.
import { appendFileSync } from "node:fs";
import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

export default class Tally implements Reporter {
  private passed = 0;
  private failed = 0;

  onTestEnd(_test: TestCase, result: TestResult) {
    if (result.status === "passed") this.passed += 1;
    else this.failed += 1;
  }

  onEnd() {
    const file = process.env.E2E_TALLY;
    if (file) appendFileSync(file, `${this.passed} ${this.failed}\n`);
  }
}

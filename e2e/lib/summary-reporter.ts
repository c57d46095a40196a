// One line for whoever adds up the results of several runners.

import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Counts, and prints the counts at the end. */
export default class SummaryReporter implements Reporter {
  private passed = 0;
  private failed = 0;
  private skipped = 0;

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === "skipped") this.skipped += 1;
    else if (test.outcome() === "expected") this.passed += 1;
    else this.failed += 1;
  }

  onEnd(result: FullResult): void {
    // A run that ended before its tests (a syntax error, a broken fixture) is a failure too.
    if (result.status !== "passed" && this.failed === 0) this.failed = 1;
    console.log(`RESULT e2e passed=${this.passed} failed=${this.failed} skipped=${this.skipped}`);
  }
}

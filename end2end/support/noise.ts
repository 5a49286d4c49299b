// Everything a browser complains about: console errors and warnings, errors of scripts, violations of
// the content security policy, requests that failed, and answers that say we failed. A test that hears
// any of it fails, unless it said before that it expects that.
import type { BrowserContext } from "@playwright/test";

export class Noise {
  private readonly heard: string[] = [];
  private readonly expected: RegExp[] = [];

  async listen(context: BrowserContext, scripts: boolean) {
    if (scripts) {
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`);
        });
      });
    }
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.hear(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.hear(`script: ${error.error().message}`));
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // A page that is left takes its open requests with it; a browser without scripts refuses them.
      const harmless = why === "net::ERR_ABORTED" || (!scripts && why === "csp");
      if (!harmless) this.hear(`request: ${request.url()} ${why}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 500) this.hear(`answer: ${response.url()} ${response.status()}`);
    });
  }

  /** The test provokes an answer of this status, of which browsers write a line. */
  expectStatus(status: number) {
    this.expected.push(new RegExp(`the server responded with a status of ${status}`));
  }

  private hear(line: string) {
    this.heard.push(line);
  }

  /** What was heard and not expected, which is then forgotten. */
  taken(): string[] {
    const lines = this.unexpected();
    this.heard.length = 0;
    return lines;
  }

  /** What was heard and not expected. */
  unexpected(): string[] {
    return this.heard.filter((line) => !this.expected.some((known) => known.test(line)));
  }
}

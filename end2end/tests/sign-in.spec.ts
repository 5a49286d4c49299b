// Signing in and out.
import { baseUrl, person, unique } from "../support/estate.ts";
import { expect, open, signIn, test } from "../support/test.ts";

const WRONG = "The e-mail address or the password is wrong. Check both and try again.";

test("the right password opens the activity of one's tenant", async ({ page }) => {
  const admin = person("tenant_admin");
  await open(page, "/");
  await expect(page).toHaveURL("/sign-in");
  await expect(page).toHaveTitle("Sign in · TokenOne");
  await signIn(page, admin);
  await expect(page).toHaveURL("/activity");
  await expect(page.getByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
  await expect(page.getByLabel(`Tenant: ${admin.tenant}. Switch tenant`)).toBeVisible();
});

test("an unknown address and a wrong password look the same", async ({ page, noise }) => {
  noise.expectStatus(401);
  const alert = page.getByRole("alert").filter({ hasText: "wrong" });
  for (const email of [person("auditor").email, `${unique("nobody")}@example.com`]) {
    await open(page, "/sign-in");
    await signIn(page, { email, password: "not the right password" });
    await expect(alert).toHaveText(WRONG);
    await expect(page).toHaveURL("/sign-in");
  }
});

test("who guesses on is slowed down, whether the account exists or not", async ({ page, noise }) => {
  noise.expectStatus(429);
  const email = `${unique("guessed")}@example.com`;
  for (let guess = 0; guess < 5; guess += 1) {
    const answer = await page.request.post("/do/access/sign_in", {
      form: { email, password: `guess number ${guess}`, next: "" },
      headers: { origin: baseUrl },
    });
    expect(answer.status()).toBe(401);
  }
  await open(page, "/sign-in");
  await signIn(page, { email, password: "the sixth guess" });
  await expect(page.getByRole("alert").filter({ hasText: "too many attempts" })).toContainText(
    /Wait (\d+ seconds|a second) and try again/,
  );
});

test("after signing in one lands where one wanted to go", async ({ page }) => {
  await open(page, "/keys");
  await expect(page).toHaveURL("/sign-in?next=%2Fkeys");
  await expect(page.getByText("Sign in to continue to the page you asked for.")).toBeVisible();
  await signIn(page, person("tenant_admin"));
  await expect(page).toHaveURL("/keys");
});

test("nobody is sent to another site", async ({ page }) => {
  await open(page, "/sign-in?next=//evil.example/activity");
  await signIn(page, person("tenant_admin"));
  await expect(page).toHaveURL(`${baseUrl}/activity`);
});

test("signing out ends the session, and Back shows nothing", async ({ page, context }) => {
  await open(page, "/sign-in");
  await signIn(page, person("auditor"));
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  const cookies = await context.cookies();

  await page.getByLabel(/^Account of /).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(0);

  // Not only the browser has forgotten it.
  await context.addCookies(cookies);
  await page.goto("/activity");
  await expect(page).toHaveURL("/sign-in?next=%2Factivity");
});

test("someone who is signed in has no use for the form", async ({ page, as }) => {
  await as(person("member"));
  await page.goto("/sign-in");
  await expect(page).toHaveURL("/activity");
});

// From an empty server to the first call.
import { chat } from "../support/estate.ts";
import { type Instance, start } from "../support/instance.ts";
import { awake, expect, signIn, test } from "../support/test.ts";

const operator = { email: "root@operator.example", password: "seven grey lamps over water" };
const admin = { email: "ada@first.example", password: "nine loud clocks under sand" };

let server: Instance;

test.beforeAll(async () => {
  test.setTimeout(90_000);
  server = await start(["serve", "--no-demo"]);
});

test.afterAll(async () => {
  await server?.stop();
});

test("a newcomer sets up, makes a tenant, a key and a call", async ({ page, noise }) => {
  test.setTimeout(120_000);
  noise.expectStatus(422);
  const token = server.lines.at(-1)?.trim() ?? "";
  expect(token).toMatch(/^[a-z2-7]{5}(-[a-z2-7]{1,5})+$/);

  await test.step("nothing but the first run is open", async () => {
    await page.goto(`${server.url}/activity`);
    await awake(page);
    await expect(page).toHaveURL(`${server.url}/welcome`);
  });

  const setUp = page.getByRole("button", { name: "Create the platform admin" });
  await test.step("a wrong token and a weak password are refused", async () => {
    await page.getByLabel("Setup token").fill("aaaaa-bbbbb");
    await page.getByLabel("Your name").fill("Olga Operator");
    await page.getByLabel("E-mail address").fill(operator.email);
    await page.getByLabel("Password").fill(operator.password);
    await setUp.click();
    await expect(page.getByText("Setup token is not the one printed")).toBeVisible();

    await page.getByLabel("Setup token").fill(token);
    await page.getByLabel("Password").fill("password password");
    await setUp.click();
    await expect(page.getByText(/^Password (is too easy to guess|contains)/)).toBeVisible();
  });

  await test.step("the right token makes the platform admin", async () => {
    await page.getByLabel("Password").fill(operator.password);
    await setUp.click();
    await expect(page).toHaveURL(`${server.url}/tenants`);
    await expect(page.getByText("No tenant yet")).toBeVisible();
  });

  await test.step("the token works once", async () => {
    await page.goto(`${server.url}/welcome`);
    await expect(page.getByRole("heading", { name: "Already set up" })).toBeVisible();
  });

  await test.step("a tenant comes with a project and an administrator", async () => {
    await page.goto(`${server.url}/tenants`);
    await awake(page);
    await page.getByRole("link", { name: "Make the first tenant" }).click();
    const dialog = page.getByRole("dialog", { name: "New tenant" });
    const tenant = dialog.getByRole("group", { name: "Tenant" });
    await tenant.getByLabel("Name", { exact: true }).fill("First Light");
    await tenant.getByLabel("Short name").fill("first-light");
    await tenant.getByLabel("First project").fill("Pilot");
    const people = dialog.getByRole("group", { name: "First administrator" });
    await people.getByLabel("Name", { exact: true }).fill("Ada First");
    await people.getByLabel("E-mail address").fill(admin.email);
    await people.getByLabel("First password").fill(admin.password);
    await dialog.getByRole("button", { name: "Create tenant" }).click();
    await expect(page.getByRole("row", { name: /First Light/ })).toBeVisible();
    await expect(page.getByText("First Light is ready.")).toBeVisible();
  });

  await test.step("its administrator signs in", async () => {
    await page.getByLabel(/^Account of /).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await awake(page);
    await signIn(page, admin);
    await expect(page.getByText("No call yet")).toBeVisible();
  });

  const key = await test.step("makes a key", async () => {
    await page.getByRole("link", { name: "Make a key" }).click();
    await page.getByRole("link", { name: "Make the first key" }).click();
    const dialog = page.getByRole("dialog", { name: "New API key" });
    await dialog.getByLabel("Name").fill("first-service");
    await dialog.getByRole("button", { name: "Create key" }).click();
    const secret = page.getByLabel("The key", { exact: true });
    await expect(secret).toHaveText(/^t1_live_/);
    return (await secret.textContent()) ?? "";
  });

  await test.step("makes a call, and sees it", async () => {
    // The gateway may hear of the key a moment after its page; what it refuses for that leaves no call.
    let call = "";
    await expect
      .poll(async () => {
        const answer = await chat("Good morning", { key, base: server.url });
        call = answer.id;
        return answer.status;
      })
      .toBe(200);
    await page.getByRole("link", { name: "Activity", exact: true }).first().click();
    const row = page.getByRole("row", { name: /first-service/ });
    await expect(row).toContainText("Completed");
    await expect(row.getByRole("link").first()).toHaveAttribute("href", `/calls/${call}`);
  });
});

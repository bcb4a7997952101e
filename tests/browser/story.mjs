// The whole story in a real Chromium: declare, review, certificate, verification by a stranger; at desktop and phone width, in both
// languages, and once without scripts. Every page is held against WCAG 2.2 AA by axe-core and kept as a picture in build/screenshots.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { PASSWORD, Visitor, binary, browserPath, pictures, place, run, serve } from "./visitor.mjs";

/** A page of PDF that says what it proves, so that the officer's page shows one. */
function paper(title) {
  const words = title.replace(/[^ -~]/g, "").trim();
  const drawn = `BT /F 24 Tf 72 700 Td (SPECIMEN) Tj 0 -40 Td (${words}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    `<</Length ${drawn.length}>>stream\n${drawn}\nendstream`,
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj${object}endobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

/** Fills in a field once it is there; the live form brings fields as the choices need them. */
async function fill(page, column, value) {
  const field = page.locator(`[name="${column}"]`).first();
  await field.waitFor({ state: "visible" });
  if ((await field.evaluate((one) => one.tagName)) === "SELECT") await field.selectOption(value);
  else await field.fill(value);
}

/** A new person is registered, changes the name with proof and the employer; the one who is asked sees it. */
async function registration(visitor, serial) {
  const { page } = visitor;
  const born = `9999991981010100${serial}`;
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((all, weight, at) => all + weight * Number(born[at]), 0);
  const day = new Date(Date.now() - 864e5).toISOString().slice(0, 10);
  await visitor.go("/people/new");
  await page.fill("#name", "重名者");
  await page.fill("#identity", born + "10X98765432"[sum % 11]);
  await page.fill("#title", "护师");
  await page.fill("#on", "2026-01-05");
  await visitor.look("new-person");
  await Promise.all([page.waitForURL(/\/people\/\d+\/registration/), page.click("main form button")]);
  const url = new URL(page.url()).pathname;
  for (const part of await page.locator("details.more > summary").all()) await part.click();
  await visitor.look("registration-forms");
  await visitor.go(url);
  await page.locator("details.more", { has: page.locator("#change-kind") }).locator("summary").first().click();
  await page.selectOption("#change-kind", "name");
  await page.fill("#change-value", "新名者");
  await page.fill("#change-from", day);
  await page.setInputFiles("#file", { name: "户籍证明.pdf", mimeType: "application/pdf", buffer: paper("household") });
  await Promise.all([page.waitForURL(/\/matters\/\d+/), page.locator('form:has(#change-kind) button').click()]);
  await visitor.look("matter-done");
  await visitor.go(url);
  await page.locator("details.more", { has: page.locator("#transfer-kind") }).locator("summary").first().click();
  await page.selectOption("#transfer-kind", "employer");
  await page.fill("#transfer-to", "没有这家单位");
  await Promise.all([page.waitForNavigation(), page.locator('form:has(#transfer-kind) button').click()]);
  assert.ok((await page.locator(".flash.no").count()) === 1, "an unknown employer is said to be so");
  await visitor.look("transfer-refused");
  await visitor.go("/matters?which=all");
  await visitor.look("matters");
  await visitor.go("/people/doubles");
  await visitor.look("doubles");
  await visitor.go("/people/transfer-in");
  await visitor.look("transfer-in");
}

async function story(visitor, person, title) {
  const { page } = visitor;
  const year = new Date().getFullYear();
  await visitor.go(`/?lang=${visitor.lang}`);
  await visitor.look("landing");
  await visitor.go("/api");
  await visitor.look("api");
  await visitor.go("/sign-in");
  await visitor.look("sign-in");

  // The professional declares a class.
  await visitor.signIn(`person-${place}-1-${person}`);
  await visitor.go("/home");
  await visitor.look("home");
  await visitor.go("/declare");
  await visitor.look("declare-empty");
  await fill(page, "title", title);
  await fill(page, "activity", "class");
  await fill(page, "subject", "specialised");
  await fill(page, "quantity", "6");
  await fill(page, "unit", "hours");
  await fill(page, "start", `${year}-01-05`);
  await fill(page, "end", `${year}-01-06`);
  await page.selectOption('[name="kind-of-proof"]', "completion-certificate");
  await page.setInputFiles('[name="file"]', { name: "结业证.pdf", mimeType: "application/pdf", buffer: paper(title) });
  await page.locator('[data-part="result"] .big').waitFor();
  await visitor.look("declare-filled");
  await Promise.all([page.waitForURL(/\/records\/\d+/), page.click('button[value="save"]')]);
  await visitor.look("record-draft");
  await Promise.all([page.waitForNavigation(), page.click('form[action$="/submit"] button')]);
  await visitor.look("record-waiting");
  await visitor.go("/me/looked-at");
  await visitor.look("looked-at");
  await visitor.signOut();

  // The employer looks at it and accepts.
  await visitor.signIn(`employer-${place}-1`);
  await visitor.go("/desk");
  await visitor.look("desk");
  const found = page.locator(".queue a", { hasText: title });
  while ((await found.count()) === 0) await Promise.all([page.waitForNavigation(), page.click('a[rel="next"]')]);
  await Promise.all([page.waitForNavigation(), found.first().click()]);
  await visitor.look("desk-case");
  await Promise.all([page.waitForNavigation(), page.click('#decide button[value="accept"]')]);
  assert.ok((await page.locator(".flash.ok").count()) > 0, "the decision is confirmed");
  await visitor.go(`/verification?year=${year - 1}`);
  await visitor.look("verification");
  await visitor.go("/yearly?year=" + (year - 1));
  await visitor.look("yearly");
  await Promise.all([page.waitForURL(/\/yearly\/\d+/), page.locator('main a[href^="/yearly/"]').first().click()]);
  await visitor.look("yearly-one");
  await visitor.go("/gates");
  await visitor.look("gates");
  await visitor.go(`/gates/people?gate=title-review&on=${year}-03-01`);
  await visitor.look("gate-people");
  await Promise.all([page.waitForURL(/\/gates\/\d+/), page.locator('form[action="/gates/ask"] button').first().click()]);
  await visitor.look("gate");
  await visitor.go("/people");
  await visitor.look("people");
  await visitor.go("/exports");
  await visitor.look("exports");
  await page.selectOption('[name="format"]', "csv");
  await page.fill('[name="purpose"]', "the story in a browser");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click('form[action="/exports"] button')]);
  assert.equal(file.suggestedFilename(), "records.csv");
  await visitor.go("/people");
  await Promise.all([page.waitForURL(/\/people\/\d+/), page.locator("main .rows a").first().click()]);
  await visitor.look("person");
  await registration(visitor, person);
  await visitor.signOut();

  // The authority draws a sample of what is verified.
  await visitor.signIn(`authority-${place}`);
  await visitor.go("/spot-checks");
  await fill(page, "size", "5");
  await fill(page, "reason", title);
  await page.selectOption('[name="year"]', String(year - 1));
  await Promise.all([page.waitForURL(/\/spot-checks\/\d+/), page.click('form[action="/spot-checks/draw"] button')]);
  await visitor.look("spot-check");
  await visitor.go("/spot-checks");
  await visitor.look("spot-checks");
  await visitor.go("/gates/explained?place=510100&year=" + year);
  await visitor.look("gates-explained");
  await visitor.signOut();

  // It counts; last year is verified, and has a certificate.
  await visitor.signIn(`person-${place}-1-${person}`);
  await visitor.go(`/home?year=${year}`);
  assert.ok((await page.locator(".rec", { hasText: title }).locator(".chip.ok").count()) > 0, "the record counts");
  await visitor.look("home-accepted");
  await visitor.go(`/home?year=${year - 1}`);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/records/certificate"] button')]);
  await visitor.go(`/home?year=${year - 1}`);
  await visitor.look("home-verified");
  const link = page.locator('a[href^="/documents/"]').first();
  const printed = await page.request.get(visitor.base + (await link.getAttribute("href")));
  assert.equal(printed.headers()["content-type"], "application/pdf");
  const pdf = await printed.body();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  const code = (await page.locator(".docs .hash").first().innerText()).trim();
  await visitor.signOut();

  // A stranger with the code, and one with the file alone.
  await visitor.go("/verify");
  await visitor.look("verify");
  await visitor.go(`/verify/${code}`);
  assert.ok((await page.locator(".verdict.valid").count()) === 1, "the certificate is valid");
  await visitor.look("verify-valid");
  return pdf;
}

/** What a provider delivered, as the provider, the person and the authority see it; registers as everybody does. */
async function deliveries(visitor) {
  const { page } = visitor;
  await visitor.signIn(`provider-${place}`);
  await visitor.look("deliveries");
  await visitor.go("/deliveries?state=unmatched");
  await Promise.all([page.waitForURL(/\/deliveries\/\d+/), page.locator("main tbody a").first().click()]);
  await visitor.look("delivery");
  await visitor.go("/deliveries/sent");
  await visitor.look("deliveries-sent");
  await visitor.go("/deliveries/keys");
  await page.fill("#name", visitor.name);
  await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.click('form[action="/deliveries/keys"] button')]);
  await page.locator(".mono.wide").waitFor();
  await visitor.look("keys");
  await visitor.signOut();
  await visitor.signIn(`person-${place}-1-4`);
  await visitor.go("/me/deliveries");
  await visitor.look("my-deliveries");
  await Promise.all([page.waitForURL(/\/records\/\d+/), page.locator('main a[href^="/records/"]').first().click()]);
  await visitor.look("record-delivered");
  await visitor.signOut();
  await visitor.signIn(`authority-${place}`);
  await visitor.go("/register-desk");
  await visitor.look("register-desk");
  await visitor.signOut();
  await visitor.go("/registers?place=510100&year=2019");
  await visitor.look("registers");
}

/** A reason for a short year is asked for and accepted; a breach of discipline is recorded, and the person objects. */
async function grants(visitor, person) {
  const { page } = visitor;
  const year = new Date().getFullYear();
  const open = (form) => page.locator("details.more", { has: page.locator(`[name="${form}-reason"]`) }).locator("summary").first().click();
  const send = (form) => Promise.all([page.waitForURL(/\/matters\/\d+$/), page.locator(`form:has([name="${form}-reason"]) button`).click()]);
  const decide = async (step) => {
    await page.fill("#reason", "看过原件");
    await Promise.all([page.waitForNavigation(), page.click(`main button[value="${step}"]`)]);
  };
  await visitor.signIn(`person-${place}-1-${person}`);
  await visitor.go(`/home?year=${year}`);
  await Promise.all([page.waitForURL(/\/grants/), page.locator('main a[href*="/grants"]').first().click()]);
  const url = page.url().slice(visitor.base.length);
  await visitor.look("grants");
  await open("reason");
  await page.fill('[name="reason-reason"]', "长期病假");
  await send("reason");
  await visitor.look("reason-waiting");
  const reason = page.url().slice(visitor.base.length);
  await visitor.signOut();

  await visitor.signIn(`employer-${place}-1`);
  await visitor.go(reason);
  await decide("approve");
  await visitor.look("reason-accepted");
  await visitor.go(url);
  await open("breach");
  await page.locator('[name="breach-kind"]').first().check();
  await page.fill('[name="breach-reason"]', "代他人签到");
  await visitor.look("breach-form");
  await send("breach");
  const breach = page.url().slice(visitor.base.length);
  await visitor.look("breach");
  await visitor.signOut();

  await visitor.signIn(`person-${place}-1-${person}`);
  await visitor.go(breach);
  await decide("object");
  await visitor.look("breach-objected");
  await visitor.signOut();

  await visitor.signIn(`provider-${place}`);
  await visitor.go("/deliveries?state=registered");
  await Promise.all([page.waitForURL(/\/deliveries\/\d+/), page.locator("main tbody a").first().click()]);
  await page.locator("details", { has: page.locator("#breach-reason") }).locator("summary").first().click();
  await visitor.look("delivery-breach");
  await visitor.signOut();

  // Another place lists grounds on which a year is exempt; who approves there, the operator names.
  await visitor.signIn("operator-karamay");
  await visitor.go("/approvers");
  await page.fill("#place", "650200");
  await page.selectOption("#ground", { index: 1 });
  const ground = await page.inputValue("#ground");
  await page.fill("#organisation", "克拉玛依演示卫生健康委");
  await Promise.all([page.waitForNavigation(), page.click('form[action="/approvers"] button')]);
  await visitor.look("approvers");
  await visitor.signOut();
  // The demonstration grants exemptions to those after the fourth.
  await visitor.signIn(`person-karamay-1-${person - 1}`);
  await visitor.go(`/home?year=${year}`);
  await Promise.all([page.waitForURL(/\/grants/), page.locator('main a[href*="/grants"]').first().click()]);
  await open("exemption");
  await page.check(`[name="exemption-ground"][value="${ground}"]`);
  await page.fill('[name="exemption-from"]', `${year}-01-01`);
  await page.fill('[name="exemption-to"]', `${year}-12-31`);
  await page.setInputFiles("#exemption-file", { name: "派出证明.pdf", mimeType: "application/pdf", buffer: paper("assignment") });
  await visitor.look("exemption-form");
  await send("exemption");
  await visitor.look("exemption-waiting");
  await visitor.signOut();
}

/** Without scripts: a declaration by plain forms. */
async function plain(browser, base) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const go = (url) => page.goto(base + url);
  await go("/sign-in?lang=zh");
  await page.fill("#login", `person-${place}-1-1`);
  await page.fill("#password", PASSWORD);
  await page.click("main form button");
  await go("/declare");
  await page.fill('[name="title"]', "没有脚本也能申报");
  await page.selectOption('[name="activity"]', "class");
  await page.selectOption('[name="subject"]', "specialised");
  await page.click('button[value="try"]');
  const year = new Date().getFullYear();
  await page.fill('[name="quantity"]', "4");
  await page.selectOption('[name="unit"]', "hours");
  await page.fill('[name="start"]', `${year}-02-01`);
  await page.fill('[name="end"]', `${year}-02-01`);
  await page.click('button[value="save"]');
  assert.match(page.url(), /\/records\/\d+/);
  await context.close();
}

rmSync(pictures, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
assert.ok(browserPath, "Chromium is needed: apt-get install chromium");
const folder = mkdtempSync(path.join(tmpdir(), "xueshi-browser-"));
const data = path.join(folder, "data");
run("demo", "--data", data, "--employers", "1", "--people", "8", "--years", "2");
const { server, address } = serve(data);
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  const base = await address;
  let person = 1;
  let pdf;
  for (const lang of ["zh", "en"]) {
    for (const [name, width, height] of [["desktop", 1366, 800], ["phone", 390, 844]]) {
      person += 1;
      const context = await browser.newContext({ viewport: { width, height }, locale: lang === "zh" ? "zh-CN" : "en-GB" });
      const page = await context.newPage();
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => message.type() === "error" && complaints.push(`${message.text()} ${message.location().url}`));
      pdf = await story(new Visitor(page, base, lang, `${lang}-${name}`), person, `浏览器里的培训班 ${lang} ${name}`);
      await deliveries(new Visitor(page, base, lang, `${lang}-${name}-delivered`));
      await grants(new Visitor(page, base, lang, `${lang}-${name}-grants`), person);
      // A browser complains of every page that refuses: the story meets one, where an employer does not exist.
      const refused = /status of 422 .*\/people\/\d+\/registration$/;
      assert.equal(complaints.filter((one) => refused.test(one)).length, 1, `${lang} ${name}: one page refuses`);
      assert.deepEqual(complaints.filter((one) => !refused.test(one)), [], `${lang} ${name}: the browser complains`);
      await context.close();
      console.log(`${lang} ${name}: declared, reviewed, certified, verified`);
    }
  }
  await plain(browser, base);
  console.log("without scripts: declared");
  const file = path.join(folder, "certificate.pdf");
  writeFileSync(file, pdf);
  writeFileSync(path.join(pictures, "certificate.pdf"), pdf);
  const key = run("ledger", "key", "--data", data).trim();
  assert.match(run("verify", file, "--key", key), /^VALID/);
  const altered = Buffer.from(pdf.toString("latin1").replace("%PDF-", "%PDG-"), "latin1");
  writeFileSync(file, altered);
  assert.notEqual(spawnSync(binary, ["verify", file, "--key", key]).status, 0);
  console.log("offline: verified, and refused when altered");
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

// Signing in by a provider of identities, a real one on this machine, in a real Chromium: linking, the second factor, and answers that are
// not to be believed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { CLIENT, FORGERIES, Identities, SECRET } from "./identities.mjs";
import { PASSWORD, Visitor, browserPath, pictures, place, run, serve } from "./visitor.mjs";

const SAID = {
  zh: { unlinked: "还没有关联本系统的账号", lost: "不是在这个浏览器里开始的", untrusted: "未能通过核验", unreachable: "没有正常应答", declined: "没有完成登录", wrong: "登录名或密码不对" },
  en: { unlinked: "not linked with an account here", lost: "not begun in this browser", untrusted: "could not be verified", unreachable: "does not answer as it should", declined: "not completed", wrong: "password is wrong" },
};

/** A port that nobody holds. */
async function free() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The digits an authenticator app shows so many half minutes from now (RFC 6238). */
function digits(secret, later = 0) {
  const bits = [...secret.replaceAll(" ", "")].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
  const hash = createHmac("sha1", key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}

class Traveller extends Visitor {
  static #places = 0;

  /** From another place each time: attempts from one are counted. */
  async move() {
    Traveller.#places += 1;
    await this.page.context().setExtraHTTPHeaders({ "x-forwarded-for": `198.51.${Traveller.#places >> 8}.${Traveller.#places & 255}` });
  }

  /** Follows a link to the provider and comes back, as whom it is told to be there. */
  async through(link, who) {
    const { page } = this;
    await Promise.all([page.waitForNavigation(), link.click()]);
    for (let steps = 0; page.url().startsWith(this.identities.issuer); steps += 1) {
      assert.ok(steps < 5, `the provider does not send back: ${page.url()}`);
      if (await page.locator('input[name="login"]').count()) {
        await page.fill('input[name="login"]', who);
        await page.fill('input[name="password"]', "anything");
      }
      await Promise.all([page.waitForNavigation(), page.click('button[type="submit"]')]);
    }
  }

  async viaProvider(who, next = "") {
    await this.move();
    await this.go(`/sign-in?next=${encodeURIComponent(next)}&lang=${this.lang}`);
    await this.through(this.page.locator('a[href^="/sign-in/with"]'), who);
  }

  /** The page says why nobody was signed in. */
  async refused(what, why = "") {
    const alert = await this.page.locator('[role="alert"]').innerText();
    assert.ok(alert.includes(SAID[this.lang][what]), `${why}: ${what} is not said in: ${alert}`);
    const cookies = await this.page.context().cookies(this.base);
    assert.deepEqual(cookies.map((one) => one.name).filter((name) => name !== "lang"), [], `${why}: nobody is signed in, nothing is left begun`);
  }

  async link(who) {
    const { page } = this;
    await this.go("/account");
    await this.through(page.locator('a[href="/sign-in/with?link=1"]'), who);
    await page.fill("#password", PASSWORD);
    await Promise.all([page.waitForURL(`${this.base}/account`), page.click('form[action="/account/link"] button')]);
    assert.equal(await page.locator('form[action="/account/unlink"]').count(), 1);
  }
}

/** Somebody links, comes by the provider, and unlinks. */
async function person(visitor, login, who) {
  const { page } = visitor;
  await visitor.viaProvider(who);
  await visitor.refused("unlinked");
  await visitor.look("unlinked");
  await visitor.signIn(login);
  await visitor.go("/account");
  await visitor.look("account");
  await visitor.through(page.locator('a[href="/sign-in/with?link=1"]'), who);
  await visitor.look("confirm");
  await page.fill("#password", "not my password");
  await Promise.all([page.waitForNavigation(), page.click('form[action="/account/link"] button')]);
  assert.ok((await page.locator('[role="alert"]').innerText()).includes(SAID[visitor.lang].wrong), "who only found a browser open links nothing");
  await visitor.link(who);
  await visitor.look("linked");
  await visitor.signOut();
  await visitor.viaProvider(who, "/me/looked-at");
  assert.equal(new URL(page.url()).pathname, "/me/looked-at", "where it was begun for");
  assert.equal((await page.context().cookies(visitor.base)).find((one) => one.name === "session").httpOnly, true);
  await visitor.go("/account");
  await page.locator("details > summary").click();
  await visitor.look("unlink");
  await Promise.all([page.waitForURL(`${visitor.base}/account`), page.click('form[action="/account/unlink"] button')]);
  await visitor.signOut();
  await visitor.viaProvider(who);
  await visitor.refused("unlinked", "after unlinking");
}

/** An officer is asked for the second factor, unless the provider vouches for one. */
async function officer(visitor, who) {
  const { page, identities } = visitor;
  await visitor.go(`/sign-in?lang=${visitor.lang}`);
  await page.fill("#login", `employer-${place}-1`);
  await page.fill("#password", PASSWORD);
  await Promise.all([page.waitForURL(/\/sign-in\/app$/), page.click("main form button")]);
  const secret = await page.locator(".hash").innerText();
  await page.fill("#code", digits(secret));
  await Promise.all([page.waitForURL(/\/desk/), page.click("main form button")]);
  await visitor.link(who);
  await visitor.signOut();
  await visitor.viaProvider(who, "/people");
  assert.equal(new URL(page.url()).pathname, "/sign-in/code", "a password at the provider is one factor");
  assert.equal((await page.request.get(`${visitor.base}/people`, { maxRedirects: 0 })).status(), 303, "half a sign-in opens nothing");
  await page.fill("#code", digits(secret, 1));
  await Promise.all([page.waitForURL(/\/desk/), page.click("main form button")]);
  await visitor.signOut();
  identities.amr = ["pwd", "mfa"];
  await page.context().clearCookies();
  await visitor.viaProvider(who, "/people");
  assert.equal(new URL(page.url()).pathname, "/people", "the provider vouches for two");
  identities.amr = ["pwd"];
  await visitor.signOut();
}

/** What is not to be believed signs nobody in; the log says why, and the page does not. */
async function forged(visitor, who, said) {
  const { page, identities } = visitor;
  for (const [what, why, alter] of FORGERIES) {
    identities.alter = (token) => alter(identities, token);
    const before = said().length;
    await visitor.viaProvider(who);
    await visitor.refused("untrusted", what);
    assert.ok(said().slice(before).includes(`a token of the provider of identities was refused why="${why}"`), `${what}: ${said().slice(before)}`);
    assert.ok(!(await page.locator("main").innerText()).includes(why), `${what}: no detail leaks`);
  }
  identities.alter = null;
}

/** The address the provider sends a browser back to that it knows already; not gone to. */
async function sentBack(visitor) {
  await visitor.move();
  const onwards = async (url) => {
    const answer = await visitor.page.request.get(url, { maxRedirects: 0 });
    assert.equal(answer.status(), 303, url);
    return answer.headers().location;
  };
  const address = await onwards(await onwards(`${visitor.base}/sign-in/with`));
  assert.ok(address.startsWith(`${visitor.base}/sign-in/back?`), address);
  return new URL(address);
}

/** Answers that belong to no request of this browser, or to one that was altered on its way. */
async function astray(visitor, browser) {
  const { page } = visitor;
  const altered = async (change, what) => {
    const address = await sentBack(visitor);
    change(address.searchParams);
    await page.goto(String(address));
    await visitor.refused(what, String(address.searchParams));
  };
  await altered((query) => query.set("state", "another"), "lost");
  await altered((query) => query.delete("state"), "lost");
  await altered((query) => query.set("iss", "http://localhost:1"), "untrusted");
  await altered((query) => query.delete("iss"), "untrusted");
  await altered((query) => query.set("code", "another"), "declined");
  await altered((query) => {
    query.delete("code");
    query.set("error", "access_denied");
  }, "declined");
  // In another browser, and in this one a second time.
  const address = await sentBack(visitor);
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(`${address}&lang=zh`);
  assert.ok((await elsewhere.locator('[role="alert"]').innerText()).includes(SAID.zh.lost), "begun in another browser");
  await elsewhere.context().close();
  await page.goto(String(address));
  await visitor.signOut();
  await page.goto(String(address));
  await visitor.refused("lost", "a second time");
}

/** From one place one sets out only so often: each time may cost the provider an answer. */
async function often(visitor) {
  const answers = [];
  // A new minute may begin meanwhile; no two do.
  for (let times = 0; times < 41; times += 1) answers.push((await visitor.page.request.get(`${visitor.base}/sign-in/with`, { maxRedirects: 0 })).status());
  assert.ok(answers.includes(303) && answers.includes(422), answers.join(" "));
}

/** It changes its key, and fails. */
async function unsteady(visitor, who) {
  const { page, identities } = visitor;
  assert.deepEqual(identities.asked.description, 1, "its description is kept");
  const before = identities.asked.keys;
  identities.rotate("two");
  for (let times = 0; times < 2; times += 1) {
    await page.context().clearCookies();
    await visitor.viaProvider(who);
    assert.equal(new URL(page.url()).pathname, "/home", "by the new key");
    await visitor.signOut();
  }
  assert.equal(identities.asked.keys, before + 1, "the new key is fetched once");
  identities.broken = "/token";
  await visitor.viaProvider(who);
  await visitor.refused("unreachable");
  identities.broken = null;
}

mkdirSync(pictures, { recursive: true });
assert.ok(browserPath, "Chromium is needed: apt-get install chromium");
const folder = mkdtempSync(path.join(tmpdir(), "xueshi-sign-in-"));
const data = path.join(folder, "data");
run("demo", "--data", data, "--employers", "1", "--people", "3", "--years", "1");
// Only a demonstration does without a second factor.
const forget = `import sqlite3; db = sqlite3.connect(${JSON.stringify(path.join(data, "registry.db"))}); db.execute("DELETE FROM settings WHERE name = 'demo'"); db.commit()`;
assert.equal(spawnSync("python3", ["-c", forget]).status, 0);
const port = await free();
const identities = new Identities();
await identities.start(`http://127.0.0.1:${port}/sign-in/back`);
writeFileSync(path.join(folder, "secret"), `${SECRET}\n`);
const variables = {
  XUESHI_OIDC_ISSUER: identities.issuer,
  XUESHI_OIDC_CLIENT_ID: CLIENT,
  XUESHI_OIDC_SECRET_FILE: path.join(folder, "secret"),
  XUESHI_OIDC_REDIRECT: identities.redirect,
  XUESHI_OIDC_LABEL: "某市统一身份认证",
  XUESHI_OIDC_LABEL_EN: "the city's single sign-on",
  XUESHI_OIDC_SECOND_FACTOR: "mfa",
  XUESHI_TRUSTED_PROXIES: "127.0.0.1",
  NO_PROXY: "localhost,127.0.0.1",
};
const { server, address, said } = serve(data, { port, variables });
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  const base = await address;
  const visits = [
    ["zh", "desktop", 1366, 800],
    ["en", "phone", 390, 844],
  ];
  for (const [lang, name, width, height] of visits) {
    const context = await browser.newContext({ viewport: { width, height }, locale: lang === "zh" ? "zh-CN" : "en-GB" });
    const visitor = Object.assign(new Traveller(await context.newPage(), base, lang, `sign-in-${lang}-${name}`), { identities });
    await person(visitor, `person-${place}-1-1`, `somebody-${lang}`);
    await context.clearCookies();
    if (lang === "zh") await officer(visitor, "an-officer");
    await context.close();
    console.log(`${lang} ${name}: linked, signed in, unlinked`);
  }
  const context = await browser.newContext({ locale: "zh-CN" });
  const visitor = Object.assign(new Traveller(await context.newPage(), base, "zh", "sign-in"), { identities });
  await visitor.signIn(`person-${place}-1-2`);
  await visitor.link("linked-somebody");
  await visitor.signOut();
  await forged(visitor, "linked-somebody", said);
  await astray(visitor, browser);
  await unsteady(visitor, "linked-somebody");
  await often(visitor);
  for (const secret of ["somebody", "an-officer", SECRET]) assert.ok(!said().includes(secret), `the log names ${secret}`);
  console.log(`by the provider: ${FORGERIES.length} forgeries and six strays refused, its new key taken`);
} finally {
  await browser.close();
  server.kill();
  identities.stop();
  rmSync(folder, { recursive: true, force: true });
}

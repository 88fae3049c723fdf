// What every page gets: time zone, theme, forms that say they are busy, focus after a change.
// Pages work without it; texts come from the templates.

const YEAR = 31536000;

function remember(name, value) {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax${secure}`;
}

const remembered = (name) => document.cookie.split("; ").some((pair) => pair.startsWith(`${name}=`));

/** Tells the server the visitor's zone; a page already drawn with times of another zone is drawn again, once. */
function shareTimeZone() {
  const root = document.documentElement;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || remembered("tz")) return;
  remember("tz", zone);
  const showsTimes = document.querySelector("main time, main [data-times]");
  if (showsTimes && zone !== root.dataset.tz && "reloadable" in root.dataset && remembered("tz")) location.reload();
}

function enableThemeToggle() {
  const toggle = document.querySelector("[data-theme-toggle]");
  if (!toggle) return;
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const show = () => toggle.setAttribute("aria-pressed", String(isDark()));
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("theme", root.dataset.theme);
    show();
  });
  toggle.hidden = false;
  show();
}

// A second press while a form is on its way is ignored for a few seconds; then it is a retry, and goes through.
const BUSY_MS = 8000;
const busySince = new WeakMap();

function setBusy(form, button, busy) {
  if (busy) busySince.set(form, Date.now());
  else busySince.delete(form);
  button?.toggleAttribute("data-busy", busy);
  if (busy) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
}

function markBusyForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (Date.now() - (busySince.get(form) ?? -Infinity) < BUSY_MS) return event.preventDefault();
    setBusy(form, event.submitter, true);
    setTimeout(() => setBusy(form, event.submitter, false), BUSY_MS);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("[data-busy]")) setBusy(button.form, button, false);
  });
}

function submitOnChange() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
}

const TYPED = "typed:";

/** What stands in a `form[data-keep]` outlives a change of the language: put away when that form is sent, taken back once. */
function keepTypedOverLanguage() {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const key = TYPED + location.pathname;
  const typed = () => [...form.elements].filter((control) => control.matches("input:not([type=hidden]), select, textarea"));
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  sessionStorage.removeItem(key);
  for (const control of typed()) if (control.name in kept) control.value = kept[control.name];
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-keeps-typed]")) return;
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(typed().map(({ name, value }) => [name, value]))));
  });
}

function copyOnPress() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button.dataset.copied);
  });
}

/** A part that asks for news of itself waits while somebody types in it. */
function keepTyping() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const typing = document.activeElement?.matches("input, textarea, select");
    if (typing && event.target.matches("[data-polls]") && event.target.contains(document.activeElement)) event.preventDefault();
  });
}

/** Moves the focus to the news: of a page that opens (errors), or of a part that was swapped. */
function followWithFocus() {
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement === document.body) document.querySelector("[data-focus-swap]")?.focus();
  });
}

/** On a phone sections and tabs stand in one line that scrolls: the current one is in sight. */
function showCurrentSection() {
  for (const current of document.querySelectorAll(":is(.sections, .tabs) [aria-current]"))
    current.scrollIntoView({ inline: "center", block: "nearest" });
}

/** A short message that screen readers hear and that goes away. */
export function say(text) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  document.querySelector("[data-toasts]").append(toast);
  setTimeout(() => toast.remove(), 6000);
}

shareTimeZone();
enableThemeToggle();
markBusyForms();
submitOnChange();
keepTypedOverLanguage();
copyOnPress();
keepTyping();
showCurrentSection();
followWithFocus();

// What is typed into a plain form outlives a session that has ended altogether: after the same person has logged in again in
// this tab, the form is offered filled in. Kept in this tab only, until the next page shows that it was not needed; never a
// password, a code or a file. The mark sheet keeps its own (sheet/drafts.js).

const PREFIX = "kim-dong.form.";
const OLDEST = 12 * 3600 * 1000; // ms
const NOT_KEPT = "[type=password], [type=file], [type=hidden], [autocomplete=one-time-code], button, fieldset, output";
const { user } = document.body.dataset;
const address = location.pathname + location.search;

function each(act) {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX))) {
    act(key, JSON.parse(sessionStorage.getItem(key)));
  }
}

function forms() {
  return [...document.querySelectorAll("main form[method=post]")];
}

function isKept(form) {
  return form.matches("main form[method=post]:not([data-sheet])") && !form.querySelector("[type=password]");
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !field.matches(NOT_KEPT));
}

function stateOf(field) {
  return ["checkbox", "radio"].includes(field.type) ? field.checked : field.value;
}

function keep(form) {
  if (!isKept(form)) return;
  const values = fields(form).map((field) => [field.name, field.type, stateOf(field)]);
  const draft = { address, number: forms().indexOf(form), values, title: document.title, at: Date.now() };
  sessionStorage.setItem(`${PREFIX}${user}.${draft.number}.${address}`, JSON.stringify(draft));
}

function fill(form, values) {
  for (const [number, field] of fields(form).entries()) {
    const [name, type, state] = values[number] ?? [];
    if (field.name !== name || field.type !== type || field.disabled || stateOf(field) === state) continue;
    if (typeof state === "boolean") field.checked = state;
    else field.value = state;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** The line that says so. The server's messages look alike. */
function say(words, control) {
  const line = document.createElement("div");
  line.className = "message";
  line.dataset.level = "info";
  line.dataset.draft = "";
  line.append(`${words} `, control);
  document.getElementById("messages").append(line);
}

function offer(key, { address: from, number, values, title }) {
  if (from !== address) {
    const link = Object.assign(document.createElement("a"), { href: from, textContent: title.split(" · ")[0] });
    say("Phiên trước kết thúc khi thầy cô đang gõ; nội dung còn giữ ở trang", link);
    return;
  }
  const form = forms()[number];
  sessionStorage.removeItem(key);
  if (!form) return;
  fill(form, values);
  const discard = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary btn-sm nowrap", textContent: "Bỏ nội dung này" });
  discard.addEventListener("click", () => {
    form.reset();
    form.removeAttribute("data-unsaved");
    sessionStorage.removeItem(key);
    discard.closest("[data-draft]").remove();
  });
  say("Phiên trước kết thúc khi thầy cô đang gõ. Nội dung đã gõ được điền lại bên dưới, chưa lưu; tệp thì chọn lại.", discard);
}

/** Somebody is asked to log in: what was typed before waits for them. */
function wait() {
  each((key, draft) => {
    sessionStorage.setItem(key, JSON.stringify({ ...draft, isWaiting: true }));
  });
}

/** A page for somebody signed in: what does not wait has been sent or left; what is another's or old is not for here. */
function look() {
  const isUnderWay = document.querySelector("main [name=confirm_password]");
  each((key, draft) => {
    const isOurs = key.startsWith(`${PREFIX}${user}.`) && Date.now() - draft.at < OLDEST;
    if (isOurs && draft.isWaiting) offer(key, draft);
    else if (!isOurs || !isUnderWay) sessionStorage.removeItem(key);
  });
}

function start() {
  if (document.querySelector("[data-asks-who]")) return wait();
  if (!user) return;
  look();
  document.addEventListener("input", ({ target }) => target.form && keep(target.form));
  document.addEventListener("submit", ({ target }) => {
    if (target.id === "sign-out") each((key) => sessionStorage.removeItem(key));
    else keep(target);
  });
}

try {
  start();
} catch {
  // Storage switched off or full: forms work as they do without script.
}

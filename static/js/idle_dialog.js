// What covers a locked page, and the countdown before it. Made here and not by the server: every page would carry it, and
// without script nothing covers a page.

const MARKUP = `
<p class="visually-hidden" role="status" data-idle-said></p>
<p class="idle-soon" aria-hidden="true" data-idle-soon hidden><span>Màn hình tự khoá sau <span class="figures" data-idle-left></span> giây. Gõ phím hoặc cuộn trang để làm tiếp.</span></p>
<dialog class="idle-lock" aria-labelledby="idle-title" aria-describedby="idle-words" data-idle-lock>
  <h2 id="idle-title"> Màn hình đã khoá</h2>
  <p id="idle-words"><strong></strong> gõ mật khẩu để làm tiếp. Nội dung đã gõ còn nguyên trên trang này.</p>
  <form method="post" action="/accounts/unlock/" novalidate>
    <div class="field">
      <label for="idle-password">Mật khẩu</label>
      <input type="password" id="idle-password" name="confirm_password" autocomplete="current-password" aria-describedby="idle-error">
      <p class="idle-error" id="idle-error" role="alert"></p>
    </div>
    <button type="submit" class="btn btn-primary">Mở khoá</button>
  </form>
  <p class="idle-leave"><button type="submit" form="sign-out" class="btn btn-link btn-sm">Đăng xuất, bỏ nội dung chưa lưu</button></p>
  <p data-idle-again hidden><a href="/accounts/login/" target="_blank" rel="opener">Đăng nhập ở thẻ mới</a></p>
</dialog>`;

/** Adds it to the page of somebody signed in; null elsewhere. Name and icon are those of the account's panel. */
export function makeDialog() {
  const account = document.querySelector("[data-lock-now]")?.closest(".account-panel");
  if (!account || !document.body.dataset.idle) return null;
  document.body.insertAdjacentHTML("beforeend", MARKUP);
  const dialog = document.querySelector("[data-idle-lock]");
  dialog.querySelector("strong").textContent = account.querySelector("strong").textContent;
  const icon = account.querySelector("[data-lock-now] svg");
  for (const place of [dialog.querySelector("h2"), document.querySelector("[data-idle-soon]")]) place.prepend(icon.cloneNode(true));
  return dialog;
}

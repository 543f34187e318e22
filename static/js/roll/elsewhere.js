// On other pages: sends rolls that wait on this device, says what became of them and which still wait.
import { forget, waiting, watch } from "./outbox.js";

for (const entry of waiting().filter((each) => each.refused)) notTaken(entry);

watch((entry, outcome) => {
  if (outcome.kind === "saved") return say("success", `Đã gửi điểm danh ${entry.label} giữ trên máy này.`);
  if (outcome.kind === "refused") return notTaken(entry);
  if (["offline", "signed-out"].includes(outcome.kind)) say("waiting", `Điểm danh ${entry.label} còn giữ trên máy này, chưa gửi được; có mạng thì tự gửi.`, entry);
});

/** It will not be sent again by itself: the person looks at it, or lets it go. */
function notTaken(entry) {
  const line = say("warning", `Máy chủ chưa nhận điểm danh ${entry.label}: bản của thầy cô còn giữ trên máy này.`, entry);
  if (!line) return;
  const link = document.createElement("a");
  link.href = entry.address;
  link.textContent = "Mở để xem và chọn";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-sm btn-secondary";
  drop.textContent = "Bỏ bản này";
  drop.addEventListener("click", () => {
    forget(entry.place);
    line.dataset.level = "info";
    line.replaceChildren(`Đã bỏ bản điểm danh ${entry.label} giữ trên máy này; bản đã lưu ở trường giữ nguyên.`);
  });
  line.append(link, drop);
}

/** One line a roll, whatever is tried again meanwhile. */
function say(level, text, entry = null) {
  if (entry && document.querySelector(`[data-waiting="${CSS.escape(entry.place)}"]`)) return null;
  const message = document.createElement("div");
  message.className = "message";
  message.dataset.level = level;
  if (entry) message.dataset.waiting = entry.place;
  const words = document.createElement("span");
  words.textContent = text;
  message.append(words);
  document.getElementById("messages").append(message);
  return message;
}

// On other pages: sends rolls that wait on this device, and says what became of them.
import { watch } from "./outbox.js";

watch((entry, outcome) => {
  if (outcome.kind === "saved") return say("success", `Đã gửi điểm danh ${entry.label} giữ trên máy này.`);
  if (outcome.kind === "refused") return say("warning", `Máy chủ chưa nhận điểm danh ${entry.label} giữ trên máy này.`, entry.address);
});

function say(level, text, address = "") {
  const message = document.createElement("div");
  message.className = "message";
  message.dataset.level = level;
  message.append(text);
  if (address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = "Mở để xem";
    message.append(" ", link);
  }
  document.getElementById("messages").append(message);
}

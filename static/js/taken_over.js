// A request that is sent holds the values it was made from: the sheet need not offer them from this browser again.
import { Drafts } from "./sheet/drafts.js";
import { same } from "./sheet/values.js";

const { user, takenOver } = document.querySelector("[data-taken-over]").dataset;
const wanted = new Map([...document.querySelectorAll("[data-taken-over] [data-cell]")].map(({ dataset }) => [dataset.cell, dataset.value]));
new Drafts({ user, sheet: takenOver }).drop((name, value) => wanted.has(name) && same(wanted.get(name), value));

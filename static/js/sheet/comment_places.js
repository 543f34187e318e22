// Places in a ready comment, filled in for a pupil (gradebook/comment_places.py says the same).

const PLACE = /\{([^{}]*)\}/gu;

/** The comment for a pupil {fullName, gender: "male", "female" or ""}; a pair stays where the gender is not known. */
export function filled(text, { fullName, gender }) {
  return text.replace(PLACE, (whole, inside) => {
    const words = inside.trim().split(/\s+/u).join(" ").toLowerCase();
    if (words === "tên") return fullName.split(" ").at(-1);
    if (words === "họ tên") return fullName;
    const pair = inside.split("/").map((word) => word.trim().split(/\s+/u).join(" "));
    if (pair.length !== 2 || !pair[0] || !pair[1] || !gender) return whole;
    return gender === "male" ? pair[0] : pair[1];
  });
}

export function placesLeft(text) {
  return text.match(PLACE) ?? [];
}

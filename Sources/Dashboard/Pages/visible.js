// Texts in which nothing can be seen, such as one of three blanks: in quotes, so that they can be read and clicked.

/** Blanks, and signs without a shape. */
const unseen = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether nothing of a text can be seen. */
export const isUnseen = (text) => unseen.test(text);

/** A text as it is if something of it can be seen, else in quotes, in which other signs than blanks are numbers. */
export function visible(text) {
  if (!isUnseen(text)) return text;
  return `"${[...text].map((sign) => (sign === " " ? sign : `\\u{${sign.codePointAt(0).toString(16)}}`)).join("")}"`;
}

/** What a text is in which nothing can be seen, in words. */
export function unseenInWords(text) {
  const number = [...text].length;
  if (number === 0) return "An empty text";
  return `A text of ${number} ${number === 1 ? "sign" : "signs"} that cannot be seen`;
}

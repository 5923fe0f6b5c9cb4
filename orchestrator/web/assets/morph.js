// Brings a piece of the page to new HTML by changing only what differs: focus, open dialogs and typed text stay.

const KEPT = new Map([
  ["DIALOG", ["open"]], ["DETAILS", ["open"]], ["IMG", ["src", "hidden", "alt"]],
]);

/** Replace a place's content by HTML. `data-own` marks elements whose content the page's scripts keep themselves. */
export function morph(place, html) {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  children(place, wanted.content);
}

function children(place, wanted) {
  let cursor = place.firstChild;
  for (const next of [...wanted.childNodes]) {
    const match = counterpart(cursor, next);
    if (match) {
      if (match === cursor) cursor = cursor.nextSibling;
      else place.insertBefore(match, cursor);
      node(match, next);
    } else {
      place.insertBefore(next, cursor);
    }
  }
  while (cursor) {
    const spare = cursor;
    cursor = cursor.nextSibling;
    spare.remove();
  }
}

function counterpart(cursor, next) {
  const wanted = key(next);
  if (!wanted) return cursor && !key(cursor) && cursor.nodeName === next.nodeName ? cursor : null;
  for (let other = cursor; other; other = other.nextSibling) {
    if (key(other) === wanted && other.nodeName === next.nodeName) return other;
  }
  return null;
}

function key(one) {
  return one.nodeType === Node.ELEMENT_NODE ? one.id || one.dataset.part || one.dataset.key || "" : "";
}

function node(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  const own = old.dataset.own !== undefined;
  const kept = [...(KEPT.get(old.tagName) ?? []), ...(old.dataset.kept?.split(" ") ?? [])];
  for (const { name, value } of next.attributes) {
    if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !kept.includes(name) && name !== "style") old.removeAttribute(name);
  }
  if (!own) children(old, next);
}

// Texts in the user's language, from the catalogue that a page loads before its modules; English without one.

export const gettext = globalThis.gettext ?? ((text) => text);
export const ngettext = globalThis.ngettext ?? ((one, many, number) => (number === 1 ? one : many));

// Put values into the places %(name)s of a translated text.
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => String(values[name] ?? place));
}

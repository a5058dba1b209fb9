// The browser's time zone, for the server that writes the times of a page (installer/preferences.py).

(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const year = 366 * 24 * 3600;
  if (zone) document.cookie = `console_zone=${zone}; path=/; max-age=${year}; SameSite=Lax`;
})();

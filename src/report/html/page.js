/* global document, window */
// Search and filter of the HTML report. Without it the page is whole all the same: the controls stay hidden.
(() => {
  const form = document.getElementById('filter');
  if (form === null) return;
  const search = document.getElementById('search');
  const rule = document.getElementById('rule');
  const shown = document.getElementById('shown');
  const statuses = [...form.querySelectorAll('input[name=status]')];
  const secrets = [...document.querySelectorAll('details.secret')].map((element) => ({
    element,
    rule: element.dataset.rule,
    // what is true of all its places
    heading: [...element.querySelectorAll('.key')].map((key) => key.textContent.toLowerCase()).join('\n'),
    places: [...element.querySelectorAll('.place')].map((place) => ({
      element: place,
      status: place.dataset.status,
      text: place.textContent.toLowerCase(),
    })),
  }));

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(statuses.filter((box) => box.checked).map((box) => box.value));
    let secretCount = 0;
    let placeCount = 0;
    for (const secret of secrets) {
      let visible = 0;
      for (const place of secret.places) {
        const show =
          (rule.value === '' || rule.value === secret.rule) &&
          wanted.has(place.status) &&
          words.every((word) => secret.heading.includes(word) || place.text.includes(word));
        place.element.hidden = !show;
        if (show) visible += 1;
      }
      secret.element.hidden = visible === 0;
      if (visible > 0) secretCount += 1;
      placeCount += visible;
    }
    shown.textContent =
      secretCount === 0
        ? 'Nothing matches.'
        : `Showing ${secretCount} of ${secrets.length} secrets, at ${placeCount} ${placeCount === 1 ? 'place' : 'places'}.`;
  };

  const setOpen = (open) => {
    for (const { element } of secrets) if (!element.hidden) element.open = open;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
  });
  form.addEventListener('input', apply);
  form.addEventListener('reset', () => {
    window.setTimeout(apply);
  });
  document.getElementById('open').addEventListener('click', () => {
    setOpen(true);
  });
  document.getElementById('close').addEventListener('click', () => {
    setOpen(false);
  });

  // on paper nothing can be opened
  let closed = [];
  window.addEventListener('beforeprint', () => {
    closed = secrets.filter(({ element }) => !element.open);
    for (const { element } of closed) element.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const { element } of closed) element.open = false;
  });

  form.hidden = false;
  apply();
})();

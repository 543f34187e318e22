// How htmx behaves on every page: no code from answers, no other host, no page kept in the browser's storage; a form
// that is refused (422) shows its answer in place. Read before htmx starts, which waits for the whole document.
Object.assign(window.htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ],
});

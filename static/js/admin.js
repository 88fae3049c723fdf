// Moves the focus to what is wrong with a form, as on the pages for everybody.
document.querySelector("[data-focus]")?.focus();

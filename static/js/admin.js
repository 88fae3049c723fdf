// Moves the focus to what is wrong with a form, as on the pages for everybody.
document.querySelector("[data-focus]")?.focus();

// On a phone a row is a card, whose labels begin like those of a form.
for (const cell of document.querySelectorAll("#result_list [data-label]")) {
  cell.dataset.label = cell.dataset.label.replace(/^\p{Ll}/u, (letter) => letter.toLocaleUpperCase());
}

// Copies what stands in a field, and says so; without scripts there is the field alone.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    document.querySelector("#copied").textContent = button.dataset.copied;
  });
}

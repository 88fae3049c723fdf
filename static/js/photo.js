// Photos of a telephone are larger than we take: the browser makes them smaller before they are sent.
// Without it they are refused with words.

const SIDE = 1600;
const QUALITY = 0.9;

async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.min(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return blob && new File([blob], "photo.jpg", { type: blob.type });
}

for (const input of document.querySelectorAll("input[data-photo]")) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file || file.size <= Number(input.dataset.photo)) return;
    const button = input.form.querySelector("button");
    button.disabled = true;
    try {
      const made = await smaller(file);
      if (!made || input.files[0] !== file) return;
      const transfer = new DataTransfer();
      transfer.items.add(made);
      input.files = transfer.files;
    } catch {
      // No picture that this browser can read: the server says so.
    } finally {
      button.disabled = false;
    }
  });
}

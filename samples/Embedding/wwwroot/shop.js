const byId = id => document.getElementById(id);
const [signIn, order, films, buy, again, outcome] = ['sign-in', 'order', 'films', 'buy', 'again', 'outcome'].map(byId);
const show = (text, state = '') => { outcome.textContent = text; outcome.dataset.state = state; outcome.hidden = false; };
const newCart = () => 'web-' + Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(36)).join('-');
const post = (path, body) => fetch(path, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
let customer;

async function start() {
  const response = await fetch('/customer');
  const isSignedIn = response.ok;
  signIn.hidden = isSignedIn;
  order.hidden = !isSignedIn;
  if (!isSignedIn) return;
  customer = (await response.json()).name;
  const choices = (await (await fetch('/films')).json()).map((film, index) => {
    const label = document.createElement('label');
    const choice = Object.assign(
      document.createElement('input'), { type: 'radio', name: 'event', value: film.event, checked: index === 0 });
    label.append(choice, ` ${film.title}`);
    return label;
  });
  films.replaceChildren(...choices);
}

// One cart for each purchase, the same one in all tabs. It stays after it was bought: who presses once more, is told so.
async function purchase(isAgain) {
  const event = new FormData(order).get('event');
  const key = `cart of ${customer} for ${event}`;
  if (isAgain || !localStorage.getItem(key)) localStorage.setItem(key, newCart());
  buy.disabled = true;
  again.hidden = true;
  show('One moment …');
  try {
    const response = await post('/purchases', { event, cart: localStorage.getItem(key), again: isAgain });
    if (response.status === 401) return await start();
    const answer = await response.json();
    if (answer.state === 'refused' || answer.isAgain) localStorage.removeItem(key);
    again.hidden = !answer.isAgain && answer.state !== 'bought';
    const words = answer.message ?? (answer.errors ? Object.values(answer.errors).flat().join(' ') : answer.detail);
    show(words ?? 'Something went wrong in the shop. Press Buy again.', answer.state);
  } catch {
    show('The shop did not answer. Press Buy again: it is bought once.');
  } finally {
    buy.disabled = false;
  }
}

signIn.addEventListener('submit', async submitted => {
  submitted.preventDefault();
  const response = await post('/sign-in', Object.fromEntries(new FormData(signIn)));
  if (!response.ok) return show((await response.json()).detail ?? 'You could not be signed in.');
  outcome.hidden = true;
  await start();
});
order.addEventListener('submit', submitted => { submitted.preventDefault(); purchase(false); });
order.addEventListener('change', () => { again.hidden = true; outcome.hidden = true; });
again.addEventListener('click', () => purchase(true));
start();

'use strict';

// The line board: shows what /board/state and /board/events say, and that they say nothing any more. No library, no build step; what
// comes from the server is set as text only. Elements are kept and changed in place, so that focus and open dialogs survive each tick.
(() => {
  const newsLimit = 8000;      // ms without an event after which the program counts as silent: the server sends one every 5 s at least.
  const pollEvery = 2000;      // ms between two looks at "state", where the stream of events can't be had.
  const streamAgain = 30000;   // ms after which the stream is tried again meanwhile.
  const heldBackAgain = 600000; // The same where it was open and silent, and the program well: a proxy holds it back.
  const retryAfter = 3000;     // ms until the next try, after the server refused or closed.
  const mostStreams = 4;       // streams that a browser's windows have of one server: it has six connections, and a look needs one.
  const askOthersFor = 50;     // ms that other windows have to say that they have one.
  const spokenEvery = 15000;   // ms between two announcements of reasons that only change their figures.
  const mostCodes = 12;        // rows of the table of codes; the others are added up in one more.

  // ---------------------------------------------------------------- Elements

  const byId = id => document.getElementById(id);

  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  function setAttribute(node, name, value) {
    if (value === null) node.removeAttribute(name);
    else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }

  function setHidden(node, hidden) {
    if (node.hidden !== hidden) node.hidden = hidden;
  }

  const partsOf = new WeakMap();
  const keysOf = new WeakMap();

  /** A copy of a template; its elements with data-part are in partsOf. */
  function copy(template) {
    const node = byId(template).content.firstElementChild.cloneNode(true);
    const parts = {};
    for (const part of [node, ...node.querySelectorAll('[data-part]')]) {
      if (part.dataset.part) parts[part.dataset.part] = part;
    }
    partsOf.set(node, parts);
    return node;
  }

  /** Makes the children of parent those of items, and moves none that may stay. */
  function sync(parent, items, keyOf, template, update) {
    const before = keysOf.get(parent) ?? new Map();
    const after = new Map();
    const keys = items.map(item => {
      let key = String(keyOf(item));
      while (after.has(key)) key += '+';
      after.set(key, before.get(key) ?? copy(template));
      return key;
    });
    for (const [key, node] of before) {
      if (!after.has(key)) node.remove();
    }
    let place = parent.firstElementChild;
    keys.forEach((key, index) => {
      const node = after.get(key);
      if (node === place) place = place.nextElementSibling;
      else parent.insertBefore(node, place);
      update(partsOf.get(node), items[index], node);
    });
    keysOf.set(parent, after);
  }

  // ---------------------------------------------------------------- Words and figures

  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
  const nothing = '–';
  const halfDay = 12 * 3600 * 1000;

  /** A time of the day; with the date where that alone would mislead. */
  function timeOf(moment) {
    const date = new Date(moment);
    return Math.abs(now() - date.getTime()) < halfDay ? clock.format(date) : day.format(date) + ' ' + clock.format(date);
  }

  function spanOf(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    if (seconds < 60) return seconds + ' s';
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return minutes + ' min';
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) return Math.floor(hours / 24) + ' days';
    return hours + ' h' + (minutes % 60 > 0 ? ' ' + (minutes % 60) + ' min' : '');
  }

  function rateOf(perSecond) {
    return (perSecond < 9.95 ? perSecond.toFixed(1).replace(/\.0$/, '') : Math.round(perSecond).toString()) + '/s';
  }

  function tookOf(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return nothing;
    if (milliseconds < 9.95) return milliseconds.toFixed(1) + ' ms';
    return milliseconds < 999.5 ? Math.round(milliseconds) + ' ms' : (milliseconds / 1000).toFixed(1) + ' s';
  }

  function shareOf(share) {
    const percent = share * 100;
    return (percent > 0 && percent < 0.1 ? '< 0.1' : percent < 10 ? percent.toFixed(1) : Math.round(percent)) + ' %';
  }

  const plural = (count, one, many = one + 's') => count + ' ' + (count === 1 ? one : many);
  const capital = word => word.charAt(0).toUpperCase() + word.slice(1);

  let clockAhead = 0; // ms by which the server's clock is ahead of this one.
  let frozenAt = null; // The server's time that ages are counted to while there is no news.
  const now = () => frozenAt ?? Date.now() + clockAhead;

  /** An age that grows by itself. */
  function setAge(node, moment) {
    setAttribute(node, 'datetime', moment);
    if (moment === null) {
      setText(node, '');
      return;
    }
    setAttribute(node, 'title', 'since ' + timeOf(moment));
    setText(node, spanOf(now() - Date.parse(moment)));
  }

  function growAges() {
    for (const node of document.querySelectorAll('time.age[datetime]')) setAge(node, node.getAttribute('datetime'));
  }

  // ---------------------------------------------------------------- Verdict

  const words = { ok: 'OK', degraded: 'DEGRADED', down: 'DOWN', silent: 'NO NEWS', stopped: 'STOPPED' };
  let spoken = { word: '', text: '', at: 0 };

  function showVerdict(level, reasons, since) {
    const section = byId('verdict');
    setAttribute(section, 'data-level', level === 'stopped' ? 'unknown' : level);
    setText(byId('word'), words[level] ?? level);
    setText(byId('since'), since === null ? '' : 'since ' + timeOf(since) + ', for ' + spanOf(now() - Date.parse(since)));
    sync(byId('reasons'), reasons, reason => reason, 'reason-template', (_, reason, node) => setText(node, reason));
    const title = words[level] + ' · ' + (shown ? shown.program.name + ' on ' + shown.program.machine : 'Line board');
    if (document.title !== title) document.title = title;

    const text = [words[level] + '.', ...reasons].join(' ');
    if (spoken.word !== level || (spoken.text !== text && Date.now() - spoken.at > spokenEvery)) {
      spoken = { word: level, text, at: Date.now() };
      setText(byId('spoken'), text);
    }
  }

  function setLevel(node, level, word = words[level]) {
    setAttribute(node, 'data-level', level);
    setText(node, word);
  }

  // ---------------------------------------------------------------- The way of an order

  const plotWidth = 120, plotHeight = 30;

  /** The next number up that one reads easily. */
  function niceMaximum(values) {
    const most = values.reduce((max, value) => Math.max(max, value ?? 0), 0);
    if (most <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(most));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map(step => step * power).find(step => step >= most * 0.999);
  }

  function points(values, maximum) {
    const step = values.length > 1 ? plotWidth / (values.length - 1) : 0;
    return values.map((value, index) => value === null ? null
      : [(index * step).toFixed(1), (plotHeight - 1 - (Math.min(value, maximum) / maximum) * (plotHeight - 3)).toFixed(1)]);
  }

  /** A line that is broken where there is nothing; a single point is drawn as a short stroke. */
  function lineThrough(all) {
    let path = '';
    all.forEach((point, index) => {
      if (point === null) return;
      const first = index === 0 || all[index - 1] === null;
      path += (first ? 'M' : 'L') + point[0] + ' ' + point[1];
      if (first && (index === all.length - 1 || all[index + 1] === null)) path += 'h0.8';
    });
    return path;
  }

  const lastOf = values => values.length === 0 ? null : values[values.length - 1];
  const mostOf = values => values.reduce((max, value) => Math.max(max, value ?? 0), 0);

  function showPlots(parts, series) {
    const span = spanOf(series.perSecond.length * series.stepSeconds * 1000);
    const rateMaximum = niceMaximum(series.perSecond);
    const rate = points(series.perSecond, rateMaximum);
    const edge = lineThrough(rate);
    setAttribute(parts.rateEdge, 'd', edge);
    setAttribute(parts.rateArea, 'd', rate.length > 1 ? edge + `L${plotWidth} ${plotHeight}L0 ${plotHeight}Z` : '');
    const faults = series.errors.map((count, index) => count > 0 ? 'M' + rate[index]?.[0] + ' ' + plotHeight + 'v-9' : '').join('');
    setAttribute(parts.faults, 'd', faults);
    setText(parts.rateCaption, 'orders, to ' + rateOf(rateMaximum));
    setAttribute(parts.ratePlot, 'aria-label', `Orders over ${span}: ${rateOf(lastOf(series.perSecond) ?? 0)} now, `
      + `${rateOf(mostOf(series.perSecond))} at most, ${plural(series.errors.reduce((sum, count) => sum + count, 0), 'error')}.`);

    const timeMaximum = niceMaximum(series.p99Milliseconds);
    setAttribute(parts.p50Line, 'd', lineThrough(points(series.p50Milliseconds, timeMaximum)));
    setAttribute(parts.p99Line, 'd', lineThrough(points(series.p99Milliseconds, timeMaximum)));
    setText(parts.timeCaption, 'p50, dashed p99, to ' + tookOf(timeMaximum));
    setAttribute(parts.timePlot, 'aria-label', `Time over ${span}: half within ${tookOf(lastOf(series.p50Milliseconds))} now, `
      + `99 of 100 within ${tookOf(lastOf(series.p99Milliseconds))} now and ${tookOf(mostOf(series.p99Milliseconds))} at most.`);
  }

  function showHop(parts, hop, node) {
    setText(parts.name, capital(hop.name));
    if (hop.isKnown) setLevel(parts.level, hop.level);
    else setLevel(parts.level, 'unknown', 'not known here');
    setAttribute(node, 'data-known', String(hop.isKnown));
    setText(parts.description, hop.description);
    const { latest } = hop;
    setText(parts.rate, hop.isKnown ? rateOf(latest.perSecond) : nothing);
    setText(parts.p50, tookOf(hop.isKnown ? latest.p50Milliseconds : null));
    setText(parts.p99, tookOf(hop.isKnown ? latest.p99Milliseconds : null));
    const bad = hop.isKnown && latest.errors > 0;
    setText(parts.errors, bad ? shareOf(latest.errorShare) : hop.isKnown ? '0' : nothing);
    setText(parts.errorWord, bad ? plural(latest.errors, 'error') : 'errors');
    setAttribute(parts.errorBox, 'data-bad', bad ? '' : null);
    showPlots(parts, hop.series);
  }

  // ---------------------------------------------------------------- Lines

  const lineStates = ['free', 'leased', 'busy', 'waiting', 'resting'];
  const lineNodes = () => [...document.querySelectorAll('#line-grid .line')];
  const lineNumber = number => String(number).padStart(3, '0');

  function setStep(box, spokenWord, done) {
    setAttribute(box, 'data-done', done ? '' : null);
    setText(spokenWord, done ? ' done' : ' not done');
  }

  function showLine(parts, line) {
    setAttribute(parts.box, 'data-state', line.state);
    setAttribute(parts.box, 'data-line', String(line.number));
    setAttribute(parts.box, 'title', line.callSince ? 'with this call since ' + timeOf(line.callSince) : null);
    setText(parts.number, lineNumber(line.number));
    setText(parts.state, line.waiting > 0 ? line.waiting + ' waiting' : line.state);
    setText(parts.code, line.lastCode ?? nothing);
    setAttribute(parts.code, 'title', line.lastCode === null ? null : 'last answer: ' + line.lastCode);
    setAge(parts.age, line.since);
    setStep(parts.event, parts.eventDone, line.event);
    setStep(parts.subscriber, parts.subscriberDone, line.subscriber);
    setStep(parts.confirm, parts.confirmDone, line.confirm);
  }

  function showLines(lines) {
    sync(byId('line-grid'), lines, line => line.number, 'line-template', showLine);
    setHidden(byId('lines'), lines.length === 0);
    sync(byId('line-summary'), lines.length === 0 ? [] : lineStates, state => state, 'summary-template', (parts, state) => {
      setAttribute(parts.box, 'data-state', state);
      setText(parts.count, String(lines.filter(line => line.state === state).length));
      setText(parts.word, state);
    });
    const nodes = lineNodes();
    if (nodes.length > 0 && !nodes.some(node => node.tabIndex === 0)) nodes[0].tabIndex = 0;
  }

  function moveTo(node) {
    for (const other of lineNodes()) other.tabIndex = other === node ? 0 : -1;
    node.focus();
  }

  /** One tab stop for all lines; the arrow keys go from one to the next, also up and down. */
  function onGridKey(event) {
    const nodes = lineNodes();
    const at = nodes.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const columns = nodes.filter(node => node.offsetTop === nodes[0].offsetTop).length;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -at, End: nodes.length - 1 - at };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = nodes[at + steps[event.key]];
    if (next) moveTo(next);
  }

  // ---------------------------------------------------------------- A line's last exchanges

  const opened = { number: null, asking: false, seen: '' };

  function showExchange(parts, exchange) {
    setText(parts.at, timeOf(exchange.at));
    setText(parts.command, exchange.command);
    setText(parts.whose, 'call ' + exchange.call + ', order ' + exchange.orderId);
    setText(parts.code, exchange.code ?? 'no answer');
    const outcomes = { Completed: '', NotExecuted: 'not executed', Unknown: 'outcome unknown' };
    setText(parts.outcome, outcomes[exchange.outcome] ?? exchange.outcome);
    setAttribute(parts.box, 'data-outcome', exchange.outcome);
    setText(parts.took, tookOf(exchange.milliseconds));
  }

  async function askExchanges() {
    const { number } = opened;
    opened.asking = true;
    let exchanges = null, problem = '';
    try {
      const answer = await fetch('lines/' + number, { cache: 'no-store', signal: AbortSignal.timeout(newsLimit) });
      if (answer.ok) ({ exchanges } = await answer.json());
      else problem = await sentenceOf(answer);
    } catch {
      problem = 'The program did not answer; this is tried again.';
    }
    opened.asking = false;
    if (opened.number !== number) return;
    if (exchanges === null) opened.seen = '';
    setText(byId('line-problem'), problem);
    setHidden(byId('line-problem'), problem === '');
    if (exchanges === null) return;
    sync(byId('line-rows'), exchanges, item => item.at + item.orderId + item.command, 'exchange-template', showExchange);
    setHidden(byId('line-none'), exchanges.length > 0);
    setHidden(byId('line-table'), exchanges.length === 0);
  }

  /** Asks again when something happened on the line that is looked at. */
  function showOpenLine() {
    if (opened.number === null) return;
    const line = shown.lines.find(item => item.number === opened.number);
    if (!line) {
      setText(byId('line-now'), 'This line is not there any more.');
      return;
    }
    const held = line.callSince ? ', which has had it for ' + spanOf(now() - Date.parse(line.callSince)) : '';
    const call = line.call === null ? '' : ', of call ' + line.call + held;
    const since = line.since === null ? '' : ' since ' + timeOf(line.since);
    const waiting = line.waiting > 0 ? ', ' + plural(line.waiting, 'order') + ' waiting' : '';
    setText(byId('line-now'), capital(line.state) + since + call + waiting + '.');
    const seen = [line.state, line.lastAt, line.lastCode].join();
    if (seen === opened.seen || opened.asking) return;
    opened.seen = seen;
    askExchanges();
  }

  function openLine(node) {
    opened.number = Number(node.dataset.line);
    opened.seen = '';
    setText(byId('line-title'), 'Line ' + lineNumber(opened.number));
    sync(byId('line-rows'), [], item => item, 'exchange-template', showExchange);
    setHidden(byId('line-problem'), true);
    setHidden(byId('line-none'), true);
    setHidden(byId('line-table'), false);
    moveTo(node);
    byId('line').showModal();
    showOpenLine();
  }

  // ---------------------------------------------------------------- Brokers, members

  function showHost(parts, host) {
    setAttribute(parts.box, 'data-host', host.isInUse ? 'used' : host.state.toLowerCase());
    setText(parts.host, host.host);
    setText(parts.use, host.isInUse ? 'in use' : '');
    setHidden(parts.use, !host.isInUse);
    setText(parts.state, host.state.toLowerCase());
    setAge(parts.age, host.since);
    setText(parts.error, host.lastError ?? '');
    setHidden(parts.error, host.lastError === null);
  }

  function showQueue(parts, queue) {
    setText(parts.name, queue.name);
    const waiting = queue.messages === null ? 'depth not known' : plural(queue.messages, 'order') + ' waiting';
    setText(parts.depth, waiting + ', ' + (queue.consumers === null ? 'consumers not known' : plural(queue.consumers, 'consumer')));
  }

  function showConnection(parts, connection) {
    setText(parts.owner, capital(connection.owner) + '’s connection');
    setLevel(parts.level, connection.isReady ? 'ok' : 'down');
    setText(parts.description, connection.description);
    sync(parts.hosts, connection.hosts, host => host.host, 'host-template', showHost);
    const last = connection.lastFailoverAt === null ? '' : ', the last at ' + timeOf(connection.lastFailoverAt);
    const back = connection.failbackInSeconds === null ? ''
      : ' The preferred host is tried again in ' + spanOf(connection.failbackInSeconds * 1000) + '.';
    setText(parts.failovers, connection.failovers === 0 ? 'No failover since the start.' + back
      : plural(connection.failovers, 'failover') + ' since the start' + last + '.' + back);
    sync(parts.queues, connection.queues, queue => queue.name, 'queue-template', showQueue);
  }

  function showMember(parts, member) {
    setAttribute(parts.box, 'data-alive', String(member.isAlive));
    setText(parts.role, capital(member.role));
    setText(parts.machine, member.machine);
    setHidden(parts.self, !member.isSelf);
    setText(parts.place, member.place ?? '');
    setHidden(parts.place, member.place === null);
    setText(parts.alive, member.isAlive ? 'up ' + spanOf(now() - Date.parse(member.startedAt))
      : 'DEAD, last seen ' + timeOf(member.lastSeenAt));
    const more = ['process ' + member.processId, 'version ' + member.version, ...member.queues];
    setText(parts.description, member.description + ' ' + capital(more.join(', ')) + '.');
  }

  // ---------------------------------------------------------------- Codes, unknown outcomes, warnings

  /** A row for each code: the count in each window. What does not fit in is added up. */
  function codeRows(windows) {
    const rows = new Map();
    windows.forEach((window, column) => {
      for (const { code, count } of window.counts) {
        if (!rows.has(code)) rows.set(code, { code, counts: windows.map(() => 0) });
        rows.get(code).counts[column] += count;
      }
    });
    const last = windows.length - 1;
    const sorted = [...rows.values()].sort((a, b) => b.counts[last] - a.counts[last] || (a.code < b.code ? -1 : 1));
    if (sorted.length <= mostCodes + 1) return sorted;
    const rest = sorted.slice(mostCodes);
    return [...sorted.slice(0, mostCodes), {
      code: plural(rest.length, 'other code'),
      counts: windows.map((_, column) => rest.reduce((sum, row) => sum + row.counts[column], 0)),
    }];
  }

  function showCodes(windows) {
    const rows = codeRows(windows);
    const head = byId('code-head');
    const titles = ['code', ...windows.map(window => window.window)];
    while (head.children.length > titles.length) head.lastElementChild.remove();
    titles.forEach((title, index) => {
      const cell = head.children[index] ?? head.appendChild(document.createElement('th'));
      setAttribute(cell, 'scope', 'col');
      setAttribute(cell, 'class', index === 0 ? null : 'number');
      setText(cell, title);
    });
    sync(byId('code-rows'), rows, row => row.code, 'code-template', (parts, row, node) => {
      setText(parts.code, row.code);
      while (node.children.length < windows.length + 1) node.append(copy('count-template'));
      while (node.children.length > windows.length + 1) node.lastElementChild.remove();
      row.counts.forEach((count, index) => {
        const cell = partsOf.get(node.children[index + 1]);
        setText(cell.count, count.toLocaleString('en-GB').replace(/,/g, ' '));
        const width = (windows[index].total === 0 ? 0 : Math.min(1, count / windows[index].total) * 100).toFixed(1) + '%';
        if (cell.bar.style.width !== width) cell.bar.style.width = width;
      });
    });
    setHidden(byId('codes-none'), rows.length > 0);
    setHidden(head.closest('table'), rows.length === 0);
  }

  function showUnknowns(unknowns) {
    const some = unknowns.count !== null && unknowns.count > 0;
    setAttribute(byId('unknowns'), 'data-some', some ? '' : null);
    const wait = unknowns.count + (unknowns.count === 1 ? ' waits' : ' wait') + ' for somebody';
    const part = unknowns.oldest.length < unknowns.count ? ', the oldest ' + unknowns.oldest.length : '';
    setText(byId('unknown-count'), some ? wait + part : '');
    setHidden(byId('unknown-help'), !some);
    sync(byId('unknown-list'), unknowns.oldest, item => item.orderId, 'unknown-template', (parts, item) => {
      setText(parts.order, item.orderId);
      setAge(parts.age, item.receivedAt);
      setText(parts.where, 'Call ' + item.call + (item.line === null ? '' : ' on line ' + lineNumber(item.line)) + '.');
      setText(parts.reason, item.reason ?? '');
    });
    setText(byId('unknowns-none'), unknowns.problem ? 'It is not known whether any waits. ' + unknowns.problem : 'None.');
    setHidden(byId('unknowns-none'), some);
    setHidden(byId('unknowns'), unknowns.count === null && !unknowns.problem); // There is no journal here.
  }

  function showWarnings(warnings) {
    const keyOf = item => [item.at, item.eventId, item.message].join();
    sync(byId('warning-list'), warnings, keyOf, 'warning-template', (parts, item) => {
      setLevel(parts.level, item.level === 'warning' ? 'degraded' : 'down', item.level);
      setText(parts.at, timeOf(item.at));
      setText(parts.event, 'event ' + item.eventId);
      setText(parts.message, item.message);
    });
    setHidden(byId('warnings-none'), warnings.length > 0);
  }

  // ---------------------------------------------------------------- All of it

  let shown = null; // The last state.

  function show(state) {
    if (shown !== null && shown.program.version !== state.program.version) {
      location.reload(); // The page of another version may know more, or less.
      return;
    }
    shown = state;
    clockAhead = Date.parse(state.at) - Date.now();
    frozenAt = null;
    setText(byId('program'), `${state.program.name} on ${state.program.machine}, version ${state.program.version}, `
      + `up ${spanOf(now() - Date.parse(state.program.startedAt))}`);
    const { level, reasons, since } = state.verdict;
    const said = reasons.length > 0 ? reasons : ['Orders pass as they should.'];
    showVerdict(level, state.leftOut ? [...said, state.leftOut] : said, since);
    sync(byId('path'), state.path, hop => hop.name, 'hop-template', showHop);
    showLines(state.lines);
    sync(byId('connection-list'), state.brokers, connection => connection.owner, 'connection-template', showConnection);
    setHidden(byId('brokers-none'), state.brokers.length > 0);
    sync(byId('member-list'), state.members, member => member.id, 'member-template', showMember);
    setHidden(byId('members-none'), state.members.length > 0);
    showCodes(state.codes);
    showUnknowns(state.unknowns);
    showWarnings(state.warnings);
    showOpenLine();
    setAttribute(byId('board'), 'aria-busy', 'false');
  }

  // ---------------------------------------------------------------- News, and that there is none

  const news = { link: 'connecting', at: Date.now(), source: null, retry: null, streamTriedAt: 0, problem: '' };
  const linkWords = {
    connecting: 'connecting', live: 'live', polling: 'every ' + pollEvery / 1000 + ' s',
    lost: 'no news', stopped: 'stopped', paused: 'paused',
  };

  function setLink(link) {
    news.link = link;
    setAttribute(byId('link'), 'data-link', link);
    setText(byId('link-text'), linkWords[link]);
    const silent = link === 'lost' || link === 'stopped';
    setAttribute(byId('board'), 'data-stale', silent && shown ? '' : null);
    if (!silent) setHidden(byId('banner'), true);
  }

  /** What a tab shows again is as old as the last news, whatever word stands there. */
  function markOld() {
    if (!shown) return;
    setAttribute(byId('board'), 'data-stale', '');
    setText(byId('banner'), `What you see is from ${timeOf(shown.at)}: waiting for news.`);
    setHidden(byId('banner'), false);
  }

  function receive(text, link) {
    let state;
    try {
      state = JSON.parse(text);
    } catch {
      return; // Half a message of a program that died: there is no news in it.
    }
    news.at = Date.now();
    news.problem = '';
    setLink(link);
    show(state);
  }

  /** Says that the program is silent. What it said last stays, and is marked as old. */
  function loseNews(link) {
    if (news.link === 'paused' || (news.link === 'stopped' && link === 'lost')) return;
    setLink(link);
    frozenAt ??= shown ? Date.parse(shown.at) : null;
    const who = shown ? `${shown.program.name} on ${shown.program.machine}` : 'The program of this board';
    if (shown) {
      const what = link === 'stopped' ? who + ' was stopped at ' : `No news from ${who} since `;
      setText(byId('banner'), what + timeOf(now()) + ': what you see is old.');
      setHidden(byId('banner'), false);
    }
    const reasons = link === 'stopped' ? [who + ' said goodbye: somebody stopped it.']
      : [who + ' does not answer. It may be dead, or the network to it: look at its machine.'];
    if (news.problem !== '') reasons.push(news.problem);
    if (shown) reasons.push(`It last said ${words[shown.verdict.level]}.`);
    showVerdict(link === 'stopped' ? 'stopped' : 'silent', reasons, null);
  }

  async function sentenceOf(answer) {
    const text = (await answer.text()).trim();
    return `The server answered ${answer.status}` + (text === '' || text.startsWith('<') ? '.' : ': ' + text.slice(0, 300));
  }

  function closeStream() {
    news.source?.close();
    news.source = null;
    clearTimeout(news.retry);
    news.retry = null;
  }

  function later(action, milliseconds) {
    clearTimeout(news.retry);
    news.retry = setTimeout(action, milliseconds);
  }

  // ---- Windows of one browser share its six connections to a server; one too many would wait for ever, without a word.

  const others = { channel: 'BroadcastChannel' in window ? new BroadcastChannel('ppv-board') : null, me: Math.random(), count: 0 };

  others.channel?.addEventListener('message', ({ data }) => {
    if (data.has) others.count += data.has === others.me ? 1 : 0;
    // Of two that ask at a time the one with the smaller number goes first.
    else if (news.source instanceof EventSource || (news.source?.isAsking && others.me < data.asks)) {
      others.channel.postMessage({ has: data.asks });
    }
  });

  /** How many other windows have a stream, or are about to. */
  async function streamsElsewhere() {
    if (!others.channel) return 0;
    others.count = 0;
    others.channel.postMessage({ asks: others.me });
    await new Promise(done => setTimeout(done, askOthersFor));
    return others.count;
  }

  async function openStream() {
    closeStream();
    news.streamTriedAt = Date.now();
    const mine = { isAsking: true, close() { mine.isAsking = false; } };
    news.source = mine;
    const elsewhere = await streamsElsewhere();
    if (!mine.isAsking) return;
    if (elsewhere >= mostStreams) {
      poll();
      return;
    }
    const source = new EventSource('events');
    news.source = source;
    source.addEventListener('state', event => {
      news.isHeldBack = false;
      receive(event.data, 'live');
    });
    source.addEventListener('bye', () => loseNews('stopped'));
    source.addEventListener('error', () => {
      // The browser tries again by itself after a lost connection, but not after an answer that is no stream of events.
      if (source.readyState === EventSource.CLOSED) poll();
      else loseNews('lost');
    });
  }

  /** Where there is no stream (too many boards, a proxy that holds it back): looks at the state now and then. */
  async function poll() {
    closeStream();
    const mine = {};
    news.source = { close() { mine.closed = true; } };
    let state = null, problem = '';
    try {
      const answer = await fetch('state', { cache: 'no-store', signal: AbortSignal.timeout(newsLimit) });
      if (answer.ok) state = await answer.text();
      else problem = await sentenceOf(answer);
    } catch {
      problem = '';
    }
    if (mine.closed) return;
    if (state !== null) {
      receive(state, 'polling');
      const again = news.isHeldBack ? heldBackAgain : streamAgain;
      later(Date.now() - news.streamTriedAt > again ? openStream : poll, pollEvery);
    } else {
      news.isHeldBack = false;
      news.problem = problem;
      loseNews('lost');
      later(openStream, retryAfter);
    }
  }

  function everySecond() {
    if (document.hidden) return;
    if (Date.now() - news.at > newsLimit) {
      const asked = Date.now() - news.streamTriedAt;
      loseNews('lost');
      // A connection whose other end is gone without a word stays open for minutes, and one that a proxy holds back for ever: it is
      // given up, and one look tells whether the program is well.
      if (asked > newsLimit) {
        news.isHeldBack = news.source instanceof EventSource && news.source.readyState === EventSource.OPEN;
        news.streamTriedAt = Date.now();
        poll();
      }
    }
    if (news.link === 'live' || news.link === 'polling') growAges();
  }

  /** A tab that nobody sees takes no connection: browsers have six for each server. */
  function onVisibility() {
    if (document.hidden) {
      closeStream();
      setLink('paused');
      document.title = 'paused · ' + document.title;
    } else if (news.link === 'paused') {
      news.at = Date.now();
      setLink('connecting');
      markOld();
      openStream();
    }
  }

  byId('line-grid').addEventListener('keydown', onGridKey);
  byId('line-grid').addEventListener('click', event => {
    const node = event.target.closest('.line');
    if (node) openLine(node);
  });
  byId('line').addEventListener('close', () => { opened.number = null; });
  byId('line').addEventListener('click', event => {
    if (event.target === byId('line')) byId('line').close(); // Beside it: on its backdrop.
  });
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('pagehide', closeStream);
  window.addEventListener('pageshow', event => { if (event.persisted) openStream(); });
  setInterval(everySecond, 1000);
  if (document.hidden) setLink('paused');
  else openStream();
})();

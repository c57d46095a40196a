// The service worker of the ringing sample: shows who calls although no page is open, and opens the page, which then rings.

const ANSWERED_ELSEWHERE = 10003;

self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage());
});

async function show({ type, ring, displayName, reason }) {
  const isOver = type === "Convene.IncomingCallOver";
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.some((page) => page.visibilityState === "visible")) {
    // The page rings by itself; what was shown before it was open has no use any more.
    const shown = await self.registration.getNotifications({ tag: ring });
    shown.forEach((notification) => notification.close());
    return;
  }
  // Browsers want to see a notification for each message; with the same tag it takes the place of the former one.
  const title = isOver ? (reason.subCode === ANSWERED_ELSEWHERE ? "Answered on another device" : `Missed call from ${displayName}`) : `${displayName} calls`;
  const body = isOver ? "" : "Open the page to answer.";
  await self.registration.showNotification(title, { body, tag: ring, icon: "/icon.svg", requireInteraction: !isOver, silent: isOver });
}

async function openPage() {
  const [page] = await self.clients.matchAll({ type: "window" });
  await (page ? page.focus() : self.clients.openWindow("./"));
}

/** Microsoft's chat client refuses plain http. The server speaks both on one port. */
export function InsteadOverTls() {
  const address = location.href.replace(/^http:/, "https:");
  return (
    <p role="alert">
      The chat client speaks https alone. Open <a href={address}>this page over https</a>; <code>convene ca trust</code> makes the browser trust this server.
    </p>
  );
}

// Writes a name and value into the browser's cookies, where they are not there yet.

const YEAR_S = 31536000

// The cookie to write; null where one of this name stands and need not be replaced.
export function cookieToWrite({ name, value, replace }, cookies, protocol) {
  const present = cookies.split("; ").some(cookie => cookie.startsWith(`${name}=`))
  if (present && !replace) return null
  const secure = protocol === "https:" ? "; Secure" : ""
  return `${name}=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`
}

export function render(root, { data }) {
  const cookie = cookieToWrite(data, document.cookie, location.protocol)
  if (cookie) document.cookie = cookie
}

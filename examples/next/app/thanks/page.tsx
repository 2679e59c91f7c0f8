/** A server component; its page view is recorded like every other. */
export default function Thanks() {
  return <p>Thank you</p>
}

const RETRY_MS = 5000

/**
 * Receives the board's state for as long as the page is open. Browsers reconnect a broken stream themselves, but give
 * up on one that was refused: then it is opened anew.
 * @param {{ onState(state: object): void, onStatus(status: 'live' | 'lost'): void }} handlers
 */
export function connect({ onState, onStatus }) {
  const source = new EventSource('events')
  source.addEventListener('message', ({ data }) => {
    onStatus('live')
    onState(JSON.parse(data))
  })
  source.addEventListener('error', () => {
    onStatus('lost')
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect({ onState, onStatus }), RETRY_MS)
  })
}

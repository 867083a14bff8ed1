import { setTimeout as sleep } from 'node:timers/promises'
import type { JobQueue, JobState, RunJob, Worker, WorkOptions } from '@millrace/job-queue/job-queue'
import { expect, onTestFinished, test } from 'vitest'

export interface OpenedQueue {
  /** A queue without jobs. */
  readonly queue: JobQueue
  /** The same queue as another process has it; of a queue in process the same object. */
  another(): JobQueue
}

/** The promises of JobQueue, which each adapter keeps. */
export function describeJobQueue(name: string, open: () => Promise<OpenedQueue>): void {
  const promise = (sentence: string, body: (opened: OpenedQueue) => Promise<void>): void =>
    test(`${name}: ${sentence}`, async () => body(await open()))

  promise('a job gets its data, and its result is kept', async ({ queue }) => {
    const id = await queue.enqueue('add', { a: 1, b: 2 })
    expect(await queue.get(id)).toMatchObject({ id, name: 'add', state: 'waiting', attempt: 0 })
    await working(queue, {
      add: async ({ id: own, name: called, data, attempt }) => ({
        ...{ own, called, attempt },
        sum: Number(data.a) + Number(data.b),
      }),
    })
    await reaches(queue, id, 'done')
    const job = await queue.get(id)
    expect(job).toMatchObject({
      attempt: 1,
      data: { a: 1, b: 2 },
      result: { own: id, called: 'add', attempt: 1, sum: 3 },
    })
    expect(job?.endedAt?.getTime()).toBeGreaterThanOrEqual(job?.enqueuedAt.getTime() ?? Number.NaN)
  })

  promise('a job that has ended has its result or its error from the first moment on', async ({ queue }) => {
    await working(queue, {
      well: async () => ({ well: true }),
      ill: async () => {
        throw new Error('ill')
      },
    })
    for (let n = 0; n < 60; n++) {
      const id = await queue.enqueue(n % 2 === 0 ? 'well' : 'ill', {}, { attempts: 1 })
      let job = await queue.get(id)
      while (job?.state !== 'done' && job?.state !== 'dead') job = await queue.get(id)
      expect(job).toMatchObject(job.state === 'done' ? { result: { well: true } } : { error: 'ill' })
      expect(job.endedAt).toBeDefined()
    }
  })

  promise(
    'a job of an id that waits or runs is not enqueued again; when it is done it is',
    async ({ queue }) => {
      const gate = createGate()
      let runs = 0
      expect(await queue.enqueue('once', { n: 1 }, { id: 'mine' })).toBe('mine')
      expect(await queue.enqueue('once', { n: 2 }, { id: 'mine' })).toBe('mine')
      await working(queue, {
        once: async ({ data }) => {
          runs++
          await gate.opened
          return { n: data.n }
        },
      })
      await reaches(queue, 'mine', 'active')
      await queue.enqueue('once', { n: 3 }, { id: 'mine' })
      gate.open()
      await reaches(queue, 'mine', 'done')
      expect((await queue.get('mine'))?.result).toEqual({ n: 1 })
      await sleep(100)
      expect(runs).toBe(1)
      await queue.enqueue('once', { n: 4 }, { id: 'mine' })
      await expect.poll(async () => (await queue.get('mine'))?.result).toEqual({ n: 4 })
      expect(runs).toBe(2)
    },
  )

  promise(
    'a job that fails comes again after a pause that doubles, and its last result counts',
    async ({ queue }) => {
      const began: number[] = []
      await working(queue, {
        weak: async ({ attempt }) => {
          began.push(performance.now())
          if (attempt < 3) throw new Error(`no ${attempt}`)
          return { attempt }
        },
      })
      const id = await queue.enqueue('weak', {})
      await expect.poll(async () => (await queue.get(id))?.error).toBe('no 1')
      expect((await queue.get(id))?.state).toBe('delayed')
      await reaches(queue, id, 'done')
      expect((await queue.get(id))?.result).toEqual({ attempt: 3 })
      const [first = 0, second = 0, third = 0] = began
      expect(second - first).toBeGreaterThan(950)
      expect(third - second).toBeGreaterThan(1_900)
      expect(third - second).toBeLessThan(4_000)
    },
  )

  promise(
    'a job without tries left is dead, seen with its reason in one line, and tried again on demand',
    async ({ queue }) => {
      const failed: [JobState, string][] = []
      let cured = false
      const run: RunJob = async () => {
        if (!cured) throw new Error('bad\n  weather')
        return {}
      }
      await working(
        queue,
        { ill: run },
        { onFailed: ({ state }, error) => failed.push([state, String(error)]) },
      )
      const id = await queue.enqueue('ill', {}, { attempts: 2 })
      await reaches(queue, id, 'dead')
      expect(failed.map(([state]) => state)).toEqual(['delayed', 'dead'])
      expect(await queue.list(['dead'])).toMatchObject([{ id, error: 'bad weather', attempt: 2 }])
      cured = true
      expect(await queue.retry(id)).toBe(true)
      await reaches(queue, id, 'done')
      expect((await queue.get(id))?.attempt).toBe(1)
      expect(await queue.retry(id)).toBe(false)
      expect(await queue.retry('nobody')).toBe(false)
      expect(await queue.list(['dead'])).toEqual([])
    },
  )

  promise('a dead job gives way to a new one of its id', async ({ queue }) => {
    let fails = true
    await working(queue, {
      ill: async () => {
        if (fails) throw new Error('no')
        return {}
      },
    })
    await queue.enqueue('ill', {}, { id: 'same', attempts: 1 })
    await reaches(queue, 'same', 'dead')
    fails = false
    await queue.enqueue('ill', {}, { id: 'same', attempts: 1 })
    await reaches(queue, 'same', 'done')
    expect(await queue.counts()).toMatchObject({ dead: 0, done: 1 })
  })

  promise('the progress of a job is seen while it runs', async ({ queue }) => {
    const gate = createGate()
    await working(queue, {
      long: async ({ progress }) => {
        await progress({ done: 3, of: 10 })
        await gate.opened
        return {}
      },
    })
    const id = await queue.enqueue('long', {})
    await expect.poll(async () => (await queue.get(id))?.progress).toEqual({ done: 3, of: 10 })
    expect((await queue.get(id))?.state).toBe('active')
    gate.open()
    await reaches(queue, id, 'done')
  })

  promise('a worker runs as many jobs at the same time as it may', async ({ queue }) => {
    let running = 0
    let most = 0
    const run: RunJob = async () => {
      most = Math.max(most, ++running)
      await sleep(50)
      running--
      return {}
    }
    const ids = await Promise.all(Array.from({ length: 9 }, () => queue.enqueue('parallel', {})))
    await working(queue, { parallel: run }, { concurrency: 3 })
    for (const id of ids) await reaches(queue, id, 'done')
    expect(most).toBe(3)
  })

  promise(
    'closing a worker aborts its jobs, which is no failed try: another worker does them',
    async (opened) => {
      const { queue } = opened
      const begun: string[] = []
      const worker = await working(queue, {
        patient: ({ signal }) =>
          new Promise((_, reject) => {
            begun.push('first')
            signal.addEventListener('abort', () => reject(new Error('stopped')))
          }),
      })
      const id = await queue.enqueue('patient', {}, { attempts: 1 })
      await expect.poll(() => begun).toEqual(['first'])
      await worker.close()
      await working(opened.another(), { patient: async () => ({ by: 'second' }) })
      await reaches(queue, id, 'done')
      expect((await queue.get(id))?.result).toEqual({ by: 'second' })
    },
  )

  promise(
    'closing a worker waits for a job that goes on to its end, and keeps its result',
    async ({ queue }) => {
      const worker = await working(queue, {
        stubborn: async () => {
          await sleep(300)
          return { ended: true }
        },
      })
      const id = await queue.enqueue('stubborn', {})
      await reaches(queue, id, 'active')
      await worker.close()
      expect(await queue.get(id)).toMatchObject({ state: 'done', result: { ended: true } })
    },
  )

  promise('of two who have scheduled and work, one makes the job and one runs it', async (opened) => {
    const runs: number[] = []
    const queues = [opened.queue, opened.another()]
    for (const [n, queue] of queues.entries()) {
      await queue.schedule('tick', { everySeconds: 1 }, { data: { from: 'schedule' } })
      await working(queue, {
        tick: async ({ data }) => {
          expect(data).toEqual({ from: 'schedule' })
          runs.push(n)
          return {}
        },
      })
    }
    await sleep(3_500)
    // The first at once, then one a second.
    expect(runs.length).toBeGreaterThanOrEqual(3)
    expect(runs.length).toBeLessThanOrEqual(5)
    expect((await opened.queue.list(['done', 'active', 'waiting'])).map(({ id }) => id)).toEqual(['tick'])
  })

  promise('a schedule makes nothing while its job runs, and goes on after it', async (opened) => {
    const gate = createGate()
    let runs = 0
    const run: RunJob = async () => {
      runs++
      await gate.opened
      return {}
    }
    for (const queue of [opened.queue, opened.another()]) {
      await queue.schedule('slow', { everySeconds: 1 })
      await working(queue, { slow: run }, { concurrency: 2 })
    }
    await sleep(2_700)
    expect(runs).toBe(1)
    expect(await opened.queue.counts()).toMatchObject({ active: 1, waiting: 0 })
    gate.open()
    await expect.poll(() => runs, { timeout: 3_000 }).toBe(2)
  })

  promise('a job of a schedule that nobody worked on for long waits once', async ({ queue }) => {
    await queue.schedule('missed', { everySeconds: 1 })
    await sleep(4_500)
    let runs = 0
    await working(queue, { missed: async () => ({ run: ++runs }) })
    await expect.poll(() => runs).toBeGreaterThan(0)
    await sleep(400)
    // Another second may have begun meanwhile.
    expect(runs).toBeLessThan(3)
  })

  promise('the same schedule again changes nothing, also not when it comes', async (opened) => {
    let runs = 0
    await opened.queue.schedule('hourly', { everySeconds: 3_600 })
    await working(opened.queue, { hourly: async () => ({ run: ++runs }) })
    await expect.poll(() => runs).toBe(1)
    await opened.queue.schedule('hourly', { everySeconds: 3_600 })
    await opened.another().schedule('hourly', { everySeconds: 3_600 })
    await sleep(500)
    expect(runs).toBe(1)
  })

  promise('another period of a schedule takes effect', async ({ queue }) => {
    let runs = 0
    await queue.schedule('changing', { everySeconds: 3_600 })
    await working(queue, { changing: async () => ({ run: ++runs }) })
    await expect.poll(() => runs).toBe(1)
    await queue.schedule('changing', { everySeconds: 1 })
    await expect.poll(() => runs, { timeout: 4_000 }).toBeGreaterThan(2)
  })

  promise('schedules that are not kept end', async (opened) => {
    const runs: string[] = []
    const run: RunJob = async ({ name: own }) => {
      runs.push(own)
      return {}
    }
    await opened.queue.schedule('kept', { everySeconds: 1 })
    await opened.another().schedule('ended', { everySeconds: 1 })
    await working(opened.queue, { kept: run, ended: run })
    await expect.poll(() => new Set(runs)).toEqual(new Set(['kept', 'ended']))
    await opened.queue.keepSchedules(['kept'])
    await sleep(300)
    runs.length = 0
    await sleep(2_500)
    expect(new Set(runs)).toEqual(new Set(['kept']))
  })

  promise('a job that somebody asks for joins the one that its schedule made', async ({ queue }) => {
    const gate = createGate()
    let runs = 0
    await queue.schedule('joined', { everySeconds: 3_600 })
    await working(queue, {
      joined: async () => {
        runs++
        await gate.opened
        return {}
      },
    })
    await reaches(queue, 'joined', 'active')
    await queue.enqueue('joined', {}, { id: 'joined' })
    gate.open()
    await reaches(queue, 'joined', 'done')
    expect(runs).toBe(1)
  })

  promise('a schedule that cannot be is refused with the reason', async ({ queue }) => {
    const refused = { code: 'contract_broken' }
    await expect(queue.schedule('x', { everySeconds: 0 })).rejects.toMatchObject(refused)
    await expect(queue.schedule('x', { cron: '61 * * * *', timeZone: 'UTC' })).rejects.toMatchObject(refused)
    await expect(queue.schedule('x', { cron: '* * * * * *', timeZone: 'UTC' })).rejects.toMatchObject(refused)
    await expect(queue.schedule('x', { cron: '0 3 31 2 *', timeZone: 'UTC' })).rejects.toMatchObject(refused)
    await expect(queue.schedule('x', { cron: '0 3 * * *', timeZone: 'Nowhere' })).rejects.toMatchObject(
      refused,
    )
    await expect(queue.enqueue('a:b', {})).rejects.toMatchObject(refused)
    await expect(queue.enqueue('a', {}, { id: '42' })).rejects.toMatchObject(refused)
  })

  promise('jobs are listed by state, the newest first, and counted', async ({ queue }) => {
    const ids: string[] = []
    for (let n = 0; n < 5; n++) {
      ids.push(await queue.enqueue('waits', { n }))
      await sleep(5)
    }
    expect((await queue.list(['waiting', 'active'], 3)).map(({ data }) => data.n)).toEqual([4, 3, 2])
    expect((await queue.list(['done'])).length).toBe(0)
    expect(await queue.counts()).toEqual({ waiting: 5, delayed: 0, active: 0, done: 0, dead: 0 })
    await working(queue, { waits: async () => ({}) })
    for (const id of ids) await reaches(queue, id, 'done')
    expect(await queue.counts()).toEqual({ waiting: 0, delayed: 0, active: 0, done: 5, dead: 0 })
  })

  promise('a job that nobody here runs fails and says so', async ({ queue }) => {
    await working(queue, {})
    const id = await queue.enqueue('unknown', {}, { attempts: 1 })
    await reaches(queue, id, 'dead')
    expect((await queue.get(id))?.error).toBe('Nobody here runs jobs named unknown')
  })
}

async function working(
  queue: JobQueue,
  runners: WorkOptions['runners'],
  options: Omit<WorkOptions, 'runners'> = {},
): Promise<Worker> {
  const worker = await queue.work({ runners, ...options })
  onTestFinished(() => worker.close())
  return worker
}

async function reaches(queue: JobQueue, id: string, state: JobState): Promise<void> {
  await expect.poll(async () => (await queue.get(id))?.state, { timeout: 10_000, interval: 20 }).toBe(state)
}

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  onTestFinished(() => open())
  return { opened, open: () => open() }
}

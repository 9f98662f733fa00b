import MillraceThreads
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct WorkerThreadTests {
  @Test func runsItsBodyOnAnotherThread() throws {
    let seen = Monitor<pthread_t?>(nil)
    let thread = try WorkerThread(name: "other") { seen.withLock { $0 = pthread_self() } }
    thread.join()
    let other = try #require(seen.withLock { $0 })
    #expect(pthread_equal(other, pthread_self()) == 0)
  }

  @Test(arguments: [
    ("loader", "loader"),
    ("a-name-that-is-too-long", "a-name-that-is-"),
    ("Mühlräder-Haß", "Mühlräder-Ha"),
  ])
  func aNameIsCutToFifteenBytes(name: String, expected: String) throws {
    let seen = Monitor<String>("")
    let thread = try WorkerThread(name: name) {
      let name = nameOfThisThread()
      seen.withLock { $0 = name }
    }
    thread.join()
    #expect(thread.name == expected)
    #expect(seen.withLock { $0 } == expected)
  }

  @Test func interruptionsAreBlockedAndFaultsAreNot() throws {
    let before = isBlocked(SIGTERM)
    let seen = Monitor<[Bool]>([])
    let thread = try WorkerThread(name: "signals") {
      seen.withLock { $0 = [SIGINT, SIGTERM, SIGSEGV, SIGBUS].map(isBlocked) }
    }
    thread.join()
    #expect(seen.withLock { $0 } == [true, true, false, false])
    #expect(isBlocked(SIGTERM) == before, "the starting thread keeps its mask")
  }

  @Test func anErrorIsOneLineThatNamesTheThread() {
    let text = ThreadError.cannotStart(name: "loader-3", code: EAGAIN).description
    #expect(text.contains("'loader-3'"))
    #expect(!text.contains("\n"))
  }
}

private func isBlocked(_ signal: Int32) -> Bool {
  var mask = sigset_t()
  pthread_sigmask(SIG_BLOCK, nil, &mask)
  return sigismember(&mask, signal) == 1
}

private func nameOfThisThread() -> String {
  var bytes = [UInt8](repeating: 0, count: 64)
  #if canImport(Glibc)
  let file = open("/proc/thread-self/comm", O_RDONLY)
  defer { close(file) }
  let length = max(0, read(file, &bytes, bytes.count))
  return String(decoding: bytes.prefix(length).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  #else
  _ = bytes.withUnsafeMutableBytes { pthread_getname_np(pthread_self(), $0.baseAddress!, $0.count) }
  return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  #endif
}

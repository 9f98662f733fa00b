#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A system thread that carries out one closure and must be joined.
///
/// Asynchronous signals are blocked in the thread, so they reach the threads that have handlers for them, and
/// no worker's system call is interrupted.
package final class WorkerThread {
  /// The name that debuggers and profilers show: at most 15 characters.
  package let name: String

  private let thread: pthread_t
  private var isJoined = false

  /// Starts a thread.
  ///
  /// - Parameters:
  ///   - name: Its name, of which the kernel keeps 15 bytes.
  ///   - body: The thread's work. The thread ends when this returns.
  /// - Throws: ``ThreadError/cannotStart(name:code:)``.
  package init(name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
    let cutName = Self.cut(name)
    let box = Unmanaged.passRetained(ThreadStart(name: cutName, body: body))

    // A thread inherits the signal mask of the thread that starts it.
    var masked = sigset_t()
    var previous = sigset_t()
    sigfillset(&masked)
    // Faults must stay deliverable to the thread that made them, and profilers sample each thread.
    for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF] {
      sigdelset(&masked, signal)
    }
    pthread_sigmask(SIG_SETMASK, &masked, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

    #if canImport(Glibc)
    var handle = pthread_t()
    let code = pthread_create(&handle, nil, { enterWorkerThread($0) }, box.toOpaque())
    #else
    var started: pthread_t?
    let code = pthread_create(&started, nil, { enterWorkerThread($0) }, box.toOpaque())
    #endif
    guard code == 0 else {
      box.release()
      throw ThreadError.cannotStart(name: cutName, code: code)
    }
    #if canImport(Glibc)
    thread = handle
    #else
    guard let started else { preconditionFailure("pthread_create succeeded without a thread") }
    thread = started
    #endif
    self.name = cutName
  }

  /// Waits until the thread has ended. Another thread must call this exactly once.
  package func join() {
    precondition(!isJoined, "the thread '\(name)' was joined twice")
    isJoined = true
    let code = pthread_join(thread, nil)
    precondition(code == 0, "joining the thread '\(name)' failed: \(String(cString: strerror(code)))")
  }

  deinit {
    precondition(isJoined, "the thread '\(name)' was never joined")
  }

  /// The longest prefix of whole characters in 15 bytes of UTF-8.
  private static func cut(_ name: String) -> String {
    var result = ""
    for character in name where character != "\0" {
      if result.utf8.count + character.utf8.count > 15 { break }
      result.append(character)
    }
    return result
  }
}

/// What a new thread gets: its name and its work.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

/// The first frame of every worker thread; a named function, so that profiles and debuggers show it.
private func enterWorkerThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { preconditionFailure("a worker thread was started without anything to do") }
  let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  nameThisThread(start.name)
  start.body()
  return nil
}

/// Tells the kernel the name of the calling thread. A name is a convenience, so a failure is not an error.
private func nameThisThread(_ name: String) {
  #if canImport(Glibc)
  // Swift's Glibc module leaves pthread_setname_np out, since it is a GNU extension.
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  _ = name.withCString { write(file, $0, strlen($0)) }
  close(file)
  #else
  pthread_setname_np(name)
  #endif
}

import Foundation

/// The three files that a program finds open: input, output and errors.
enum StandardDescriptors {
  /// Opens those on the null device that whoever has started the program has closed.
  ///
  /// The system gives the lowest free number to the file that is opened next: what is meant for a terminal would be
  /// written into a file of results.
  static func openClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO
    where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // Lower numbers are taken, so this one is given.
      _ = open("/dev/null", O_RDWR)
    }
  }
}

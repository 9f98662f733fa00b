import ArgumentParser

/// A whole number from 1.
struct Count: ExpressibleByArgument, CustomStringConvertible {
  let value: Int

  init(_ value: Int) {
    self.value = value
  }

  init?(argument: String) {
    guard let value = Int(argument), value >= 1 else { return nil }
    self.value = value
  }

  var description: String { String(value) }
}

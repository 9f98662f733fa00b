/// A setting that is left to the program unless somebody gives it.
///
/// It always reads as a concrete value. Assigning one means that somebody gives it; the projected value says who chose
/// what it is, and is how a rule chooses:
///
/// ```swift
/// configuration.optimization.$epochs.choose(60, because: "few images")
/// configuration.optimization.epochs          // 60
/// configuration.optimization.$epochs.reason  // "few images"
/// configuration.optimization.epochs = 5      // given: no rule changes it from here on
/// ```
@propertyWrapper
public struct Automatic<Value> {
  private var value: Value
  private let standard: Value
  private var origin = Origin.pending

  private enum Origin: Sendable, Hashable {
    case pending
    case chosen(reason: String)
    case given
  }

  /// Leaves a setting to be chosen; until then it reads as a standard value.
  public init(wrappedValue: Value) {
    value = wrappedValue
    standard = wrappedValue
  }

  /// The value; setting it means that somebody gives it.
  public var wrappedValue: Value {
    get { value }
    set {
      value = newValue
      origin = .given
    }
  }

  /// The setting with what is known of its choice.
  public var projectedValue: Automatic<Value> {
    get { self }
    set { self = newValue }
  }

  /// Whether nobody has given it.
  public var isAutomatic: Bool { origin != .given }

  /// Whether nobody has given it and no rule has chosen it yet.
  public var isPending: Bool { origin == .pending }

  /// Why a rule has chosen the value, in a few words; nil where it was given, or not chosen yet.
  public var reason: String? {
    if case .chosen(let reason) = origin { return reason }
    return nil
  }

  /// Chooses a value by a rule; what somebody gave stays.
  ///
  /// - Parameters:
  ///   - newValue: The choice; it replaces an earlier one.
  ///   - reason: Why, in a few words that can follow the value and a colon.
  public mutating func choose(_ newValue: Value, because reason: String) {
    guard isAutomatic else { return }
    value = newValue
    origin = .chosen(reason: reason)
  }

  /// Leaves the setting to be chosen, as if nobody had given it.
  public mutating func reset() {
    value = standard
    origin = .pending
  }
}

extension Automatic: Sendable where Value: Sendable {}
extension Automatic: Equatable where Value: Equatable {}
extension Automatic: Hashable where Value: Hashable {}

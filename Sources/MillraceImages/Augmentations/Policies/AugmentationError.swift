/// What is wrong with a policy or a plan. Each description is one line that says what to write instead.
public enum AugmentationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A parameter of an augmentation.
  public struct Place: Hashable, Sendable {
    /// The augmentation's name.
    public let augmentation: String
    /// The parameter's name.
    public let parameter: String
  }

  case unknownAugmentation(String, nearest: String, known: [String])
  case unknownParameter(Place, nearest: String?, known: [String])
  case repeatedParameter(Place)
  case invalidValue(Place, found: String, allowed: String)
  case outOfRange(Place, found: String, allowed: String)
  case syntax(found: String, expected: String)
  case repeated(String)
  case batchInside(String)
  /// The lists are separated by commas, without a bar, so there is nothing to choose from.
  case noChoice(String, meant: String)
  case invalidPlan(String)

  /// One line that says what to write instead.
  public var description: String {
    switch self {
    case .unknownAugmentation(let name, let nearest, let known):
      "unknown augmentation \"\(name)\"; did you mean \"\(nearest)\"? Known: \(known.joined(separator: ", "))"
    case .unknownParameter(let place, let nearest, let known):
      if let nearest {
        """
        \(place.augmentation) has no parameter "\(place.parameter)"; did you mean "\(nearest)"? \
        Known: \(known.joined(separator: ", "))
        """
      } else {
        "\(place.augmentation) has no parameter \"\(place.parameter)\"; it takes only p, its probability"
      }
    case .repeatedParameter(let place):
      "\(place.augmentation) is given \(place.parameter) twice; give it once"
    case .invalidValue(let place, let found, let allowed):
      "\(place.augmentation): \(place.parameter) cannot be \"\(found)\"; expected \(allowed)"
    case .outOfRange(let place, let found, let allowed):
      "\(place.augmentation): \(place.parameter)=\(found) is out of range; allowed \(allowed)"
    case .syntax(let found, let expected):
      "cannot read \"\(found)\" in an augmentation policy; expected \(expected)"
    case .repeated(let name):
      "\(name) occurs more than once in the policy; name it once"
    case .batchInside(let name):
      "\(name) mixes whole minibatches and cannot be one of several; put it in the list itself"
    case .noChoice(let text, let meant):
      "\(text) has one choice, which applies all of it; put a bar between choices: \(meant)"
    case .invalidPlan(let problem):
      "cannot use this augmentation plan: \(problem)"
    }
  }
}

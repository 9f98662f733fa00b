import MillraceModels
import MillraceNetwork
import MillraceTraining
import Testing

/// Each schedule against the same formulas in NumPy, in double precision, over a run of 20 epochs.
struct LearningRateScheduleTests {
  static let epochs = [0, 0.5, 3, 6, 9.75, 10, 19, 20]

  /// The factors at these epochs t of T = 20:
  /// - step: factor^⌊t / epochs⌋
  /// - exponential: decayᵗ
  /// - inverse-time: 1 / (1 + decay·t)
  /// - cosine: ½(1 + cos(πt/T))
  /// - one-cycle, with p = t/T and c(a, b, q) = b + (a − b)·½(1 + cos πq): c(start, 1, p/rise) while p < rise,
  ///   then c(1, end, (p − rise)/(1 − rise))
  static let cases: [(schedule: String, factors: [Double])] = [
    ("step:epochs=10;factor=0.1", [1, 1, 1, 1, 1, 0.1, 0.1, 0.01]),
    ("step:epochs=3;factor=0.5", [1, 1, 0.5, 0.25, 0.125, 0.125, 0.015625, 0.015625]),
    ("exponential", [1, 0.97467943, 0.857375, 0.73509189, 0.60646418, 0.59873694, 0.3773536, 0.35848592]),
    (
      "exponential:decay=0.5",
      [1, 0.70710678, 0.125, 0.015625, 0.0011613351, 0.0009765625, 1.9073486e-6, 9.5367432e-7]
    ),
    ("inverse-time", [1, 0.95238095, 0.76923077, 0.625, 0.50632911, 0.5, 0.34482759, 0.33333333]),
    (
      "inverse-time:decay=2",
      [1, 0.5, 0.14285714, 0.076923077, 0.048780488, 0.047619048, 0.025641026, 0.024390244]
    ),
    ("cosine", [1, 0.99845867, 0.94550326, 0.79389263, 0.51962991, 0.5, 0.0061558297, 0]),
    ("one-cycle", [0.04, 0.056355603, 0.52, 1, 0.83317396, 0.81174565, 0.012539994, 4e-6]),
    (
      "one-cycle:rise=0.5;start=0.1;end=0.01",
      [0.1, 0.10554025, 0.28549664, 0.68905765, 0.9986128, 1, 0.034227024, 0.01]
    ),
  ]

  @Test(arguments: cases)
  func `Factors agree with independent figures`(schedule: String, factors: [Double]) throws {
    let schedule = try LearningRateSchedule(parsing: schedule)
    for (epoch, expected) in zip(Self.epochs, factors) {
      let factor = schedule.factor(atEpoch: epoch, of: 20)
      #expect(abs(factor - expected) <= 1e-7 * max(expected, 1e-3), "\(schedule) at \(epoch): \(factor)")
    }
  }

  @Test func `A constant schedule is one throughout`() {
    #expect(Self.epochs.allSatisfy { LearningRateSchedule.constant.factor(atEpoch: $0, of: 20) == 1 })
  }

  @Test func `A plateau drops after more than its patience without a lower loss`() throws {
    let schedule = try LearningRateSchedule(parsing: "plateau:factor=0.5;patience=2;improvement=0.01")
    // 0.995 is lower than 1, but not by one per cent; 0.98 is.
    let losses = [1, 0.995, 0.98, 1, 1, 1, 1, 1, 1, 0.9, 0.95, .nan, 0.899]
    let factors = [1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125]
    #expect(schedule.factor(atEpoch: 0, of: 20) == 1)
    for (count, expected) in zip(1..., factors) {
      let factor = schedule.factor(
        atEpoch: Double(count), of: 20, validationLosses: Array(losses.prefix(count)))
      #expect(factor == expected, "after \(count) epochs")
    }
  }

  @Test func `A plateau's state taken epoch by epoch is the state after all of them`() {
    let schedule = LearningRateSchedule(.plateau)
    let losses = (0..<40).map { 1 / Double(1 + $0 % 9) }
    var state = PlateauState(schedule)
    for loss in losses { state.add(loss) }
    #expect(state == PlateauState(schedule, after: losses))
  }

  @Test func `A plateau knows nothing of the losses of a warm-up`() throws {
    var options = OptimizationOptions()
    options.epochs = 12
    options.schedule = try LearningRateSchedule(parsing: "plateau:factor=0.5;patience=1;improvement=0")
    // The loss after the second epoch is the lowest of all, and during the third the rate still rises: the warm-up
    // takes two and a half epochs.
    let losses = [2, 0.5, 0.9, 1, 0.95, 0.96, 0.97, 0.98]
    for (warmup, expected) in [
      (0.0, [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]), (2.5, [1, 1, 1, 1, 1, 1, 0.5, 0.5]),
    ] {
      options.warmupEpochs = warmup
      let factors = (1...8).map { epoch in
        options.learningRate(
          1, step: 0, of: 1, epoch: max(epoch, 3), validationLosses: Array(losses.prefix(epoch)))
      }
      #expect(factors == expected, "\(warmup)")
    }
  }

  @Test func `A warm-up is refused beside a schedule that rises by itself, and beyond the first phases`()
    throws
  {
    var options = OptimizationOptions()
    options.warmupEpochs = 2
    try options.validate()
    options.schedule = LearningRateSchedule(.oneCycle)
    #expect(
      try #require(throws: ConfigurationError.self) { try options.validate() }.setting == "warmup-epochs")
    options.schedule = .cosine
    options.denseSparseDense = DenseSparseDense()
    options.warmupEpochs = 16
    #expect(
      try #require(throws: ConfigurationError.self) { try options.validate() }.setting == "warmup-epochs")
    options.warmupEpochs = 15
    try options.validate()
  }

  /// 20 epochs, of which the last 4 are the last phase: it has a tenth of the schedule's rate after 16 epochs or,
  /// where the schedule has come to its end by then, a tenth of the whole schedule in 4 epochs.
  @Test(arguments: [
    ("constant", 1, [0.1, 0.1]),
    ("step:epochs=10;factor=0.1", 0.1, [0.01, 0.01]),
    ("exponential:decay=0.5", 3.0517578e-5, [1.5258789e-6, 3.8146973e-7]),
    ("inverse-time:decay=2", 0.032258065, [0.0030303030, 0.0027027027]),
    ("cosine", 0.0096073598, [0.1, 0.05]),
    ("one-cycle:rise=0.5;start=0.1;end=0.01", 0.047679631, [0.01, 0.1]),
    ("plateau:factor=0.5;patience=14", 1, [0.05, 0.05]),
  ])
  func `The last phase goes on where the schedule stands, or repeats one that has ended`(
    schedule: String, before: Double, last: [Double]
  ) throws {
    var options = OptimizationOptions()
    options.epochs = 20
    options.denseSparseDense = try DenseSparseDense(parsing: "final-epochs=4")
    options.schedule = try LearningRateSchedule(parsing: schedule)
    let losses = [Double](repeating: 1, count: 20)
    let rates = [15, 16, 18].map {
      options.learningRate(1, step: 0, of: 3, epoch: $0, validationLosses: Array(losses.prefix($0)))
    }
    for (rate, expected) in zip(rates, [before] + last) {
      #expect(abs(rate - expected) <= 1e-7 * max(expected, 1e-3), "\(schedule): \(rates)")
    }
  }

  @Test func `Warm-up rises to the base rate and the schedule begins after it`() {
    var options = OptimizationOptions()
    options.learningRate = 0.2
    options.epochs = 12
    options.warmupEpochs = 2
    options.schedule = .cosine
    let network = NetworkConfiguration(inputCount: 1, hidden: [], outputCount: 2)
    let rates = [(0, 0), (0, 4), (1, 4), (2, 0), (7, 0)].map {
      options.learningRate(options.resolvedLearningRate(for: network), step: $1, of: 5, epoch: $0)
    }
    for (rate, expected) in zip(rates, [0.02, 0.1, 0.2, 0.2, 0.1]) {
      #expect(abs(rate - expected) < 1e-12)
    }
  }
}

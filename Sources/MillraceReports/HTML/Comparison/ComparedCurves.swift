import MillraceNetwork
import MillraceTraining

extension RunComparison {
  /// The course of loss, accuracy and learning rate in each run.
  ///
  /// - Parameter isKeyed: Whether the section begins with what sets the runs apart.
  func curves(isKeyed: Bool) -> PageSection {
    PageSection(
      id: "learning", title: "Learning",
      content: [
        drawnNote ?? .empty, isKeyed ? key : .empty,
        .plots([
          plot("Validation accuracy", .share) { $0.validation?.accuracy },
          plot("Validation loss", .number) { $0.validation?.mean },
          plot("Training loss", .number) { $0.training.mean },
          plot("Training accuracy", .share) { $0.training.accuracy },
          plot("Learning rate", .number, fromZero: true) { $0.learningRate },
          plot("Training images a second", .rate, fromZero: true) { $0.imagesPerSecond },
        ]),
      ])
  }

  /// Which line is which run, and what sets it apart.
  private var key: Markup {
    .key(drawn.map { title(of: $0) })
  }

  /// The course of the gradient and of the zero weights.
  var network: PageSection? {
    let plots = [
      hasZeros
        ? plot("Share of zero weights", .share, note: "in all layers", fromZero: true) {
          $0.statistics.flatMap { $0.weights.isEmpty ? nil : $0.zeroShare }
        } : nil,
      plot("Gradient norm", .number, fromZero: true) { $0.statistics?.gradientNorm },
    ]
    return plots.contains { $0 != nil }
      ? PageSection(id: "network", title: "Zeros and gradients", content: [.plots(plots)]) : nil
  }

  /// Whether any weight became zero: without a penalty or a mask none does.
  private var hasZeros: Bool {
    drawn.contains { $0.record.epochs.contains { $0.statistics?.hasZeros ?? false } }
  }
}

package import Actors

/// Message: the nodes of some packages.
package struct AddPackages: ActorMessage, Equatable {
  package static let options = ActorOptions.packages

  /// The packages; their relations are of no interest here.
  package var packages: [PackageStanza]

  package init(packages: [PackageStanza]) { self.packages = packages }
}

// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.add %a, %a : }
// expected:
input.mlir:2:31: expected a tensor type, found '}'
    %0 = stablehlo.add %a, %a : }
                                ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.addd %a, %a : tensor<2xf32>
  return %0 : tensor<2xf32>
}
// expected:
input.mlir:2:8: 'stablehlo.addd' is not an operation that Fluxion has
    %0 = stablehlo.addd %a, %a : tensor<2xf32>
         ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.add %a, %b : tensor<2xf32>
  return %0 : tensor<2xf32>
}
// expected:
input.mlir:2:26: %b is not defined here
    %0 = stablehlo.add %a, %b : tensor<2xf32>
                           ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.add %a, %a : tensor<3xf32>
  return %0 : tensor<3xf32>
}
// expected:
input.mlir:2:31: operand 0 is a tensor<2xf32>, its type here is tensor<3xf32>
    %0 = stablehlo.add %a, %a : tensor<3xf32>
                                ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %a = stablehlo.add %a, %a : tensor<2xf32>
  return %a : tensor<2xf32>
}
// expected:
input.mlir:2:3: %a is already defined
    %a = stablehlo.add %a, %a : tensor<2xf32>
    ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a#1 : tensor<2xf32>
}
// expected:
input.mlir:2:10: %a has 1 result, there is no #1
    return %a#1 : tensor<2xf32>
           ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0:2 = stablehlo.add %a, %a : tensor<2xf32>
  return %0#0 : tensor<2xf32>
}
// expected:
input.mlir:2:3: the operation has 1 result, the text names 2
    %0:2 = stablehlo.add %a, %a : tensor<2xf32>
    ^
// -----
// command: error
func.func @main(%a: tensor<?xf32>) {
  return
}
// expected:
input.mlir:1:21: dynamic shapes are not supported: every dimension needs a size
  func.func @main(%a: tensor<?xf32>) {
                      ^
// -----
// command: error
func.func @main(%a: tensor<2xf8E4M3FN>) {
  return
}
// expected:
input.mlir:1:21: element type 'f8E4M3FN' is not supported: know i1, i8…i64, ui8…ui64, f16, bf16, f32, f64, complex<f32>, complex<f64>
  func.func @main(%a: tensor<2xf8E4M3FN>) {
                      ^
// -----
// command: error
func.func @main(%a: tuple<tensor<f32>>) {
  return
}
// expected:
input.mlir:1:21: type 'tuple' is not supported: values are tensors
  func.func @main(%a: tuple<tensor<f32>>) {
                      ^
// -----
// command: error
func.func @main(%a: tensor<2xf32) {
  return
}
// expected:
input.mlir:1:21: this type is not closed with >
  func.func @main(%a: tensor<2xf32) {
                      ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>
// expected:
input.mlir:1:34: expected ',' or ')', found the end of the text
  func.func @main(%a: tensor<2xf32>
                                   ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<[1.0, 2]> : tensor<2xf32>
  return
}
// expected:
input.mlir:2:39: f32 elements are written with a point (1.0) or as raw bits (0x…)
    %0 = stablehlo.constant dense<[1.0, 2]> : tensor<2xf32>
                                        ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0]]> : tensor<2x2xf32>
  return
}
// expected:
input.mlir:2:33: rows of this list have different shapes: (2,) and (1,)
    %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0]]> : tensor<2x2xf32>
                                  ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<3xf32>
  return
}
// expected:
input.mlir:2:27: the list has shape (2,), its type is tensor<3xf32>
    %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<3xf32>
                            ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<256> : tensor<i8>
  return
}
// expected:
input.mlir:2:33: 256 does not fit i8
    %0 = stablehlo.constant dense<256> : tensor<i8>
                                  ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<-1> : tensor<ui8>
  return
}
// expected:
input.mlir:2:34: -1 does not fit ui8
    %0 = stablehlo.constant dense<-1> : tensor<ui8>
                                   ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<"0x0102"> : tensor<3xi8>
  return
}
// expected:
input.mlir:2:33: tensor<3xi8> takes 3 bytes, or 1 for a splat; the string has 2
    %0 = stablehlo.constant dense<"0x0102"> : tensor<3xi8>
                                  ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<"0x01Z"> : tensor<1xi8>
  return
}
// expected:
input.mlir:2:33: expected 0x and an even number of hex digits
    %0 = stablehlo.constant dense<"0x01Z"> : tensor<1xi8>
                                  ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<1.0> : tensor<complex<f32>>
  return
}
// expected:
input.mlir:2:27: tensor<complex<f32>> needs (re, im) pairs
    %0 = stablehlo.constant dense<1.0> : tensor<complex<f32>>
                            ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense_resource<__elided__> : tensor<3xi8>
  return
}
// expected:
input.mlir:2:27: 'dense_resource' constants are not supported: write the elements as dense<…>
    %0 = stablehlo.constant dense_resource<__elided__> : tensor<3xi8>
                            ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) {
  %0 = stablehlo.compare ABOVE, %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  return
}
// expected:
input.mlir:2:26: expected a comparison direction (EQ, NE, GE, GT, LE, LT), found 'ABOVE'
    %0 = stablehlo.compare ABOVE, %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
                           ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) {
  %0 = stablehlo.case %a : tensor<2xf32>
  return
}
// expected:
input.mlir:2:8: stablehlo.case has only the generic form: "stablehlo.case"(…)
    %0 = stablehlo.case %a : tensor<2xf32>
         ^
// -----
// command: error
func.func private @f(tensor<2xf32>)
// expected:
input.mlir:1:22: expected a value, found 'tensor<2xf32>'
  func.func private @f(tensor<2xf32>)
                       ^
// -----
// command: error
func.func @main() {
  return
}
}
// expected:
input.mlir:4:1: expected func.func, found '}'
  }
  ^
// -----
// command: error
func.func @main() {
  "stablehlo.constant"() <{value = dense<1> : tensor<i32>, {} : () -> tensor<i32>
  return
}
// expected:
input.mlir:2:60: expected a name, found '{'
    "stablehlo.constant"() <{value = dense<1> : tensor<i32>, {} : () -> tensor<i32>
                                                             ^
// -----
// command: error
func.func @main() {
  $ return
}
// expected:
input.mlir:2:3: unexpected character "$"
    $ return
    ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) {
  %0 = stablehlo.slice %a [0:99999999999999999999] : (tensor<2xf32>) -> tensor<2xf32>
  return
}
// expected:
input.mlir:2:30: this integer is too large
    %0 = stablehlo.slice %a [0:99999999999999999999] : (tensor<2xf32>) -> tensor<2xf32>
                               ^
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]> : tensor<1xf32>
  return
}
// expected:
input.mlir:2:232: this nests more than 200 levels deep
  …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
                                                               ^
// -----
// command: error
// expected:
input.mlir:1:1: expected func.func, found the end of the text
  
  ^
// -----
// command: error
func.func @main(%a: tensor<2xf32>) -> tensor<3xf32> {
  %0 = stablehlo.transpose %a, dims = [1] : (tensor<2xf32>) -> tensor<2xf32>
  %1 = call @g(%0) : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
// expected:
3 errors in the IR
@main:
  %0 = stablehlo.transpose %a, dims = [1] : (tensor<2xf32>) -> tensor<2xf32>
  ^ error: stablehlo.transpose: permutation 1 is out of range for rank 1
  %1 = call @g(%0) : (tensor<2xf32>) -> tensor<2xf32>
  ^ error: the module has no function @g
  return %1 : tensor<2xf32>
  ^ error: returns (tensor<2xf32>), the function declares (tensor<3xf32>)
// -----
// command: error
func.func @main() -> tensor<f32> {
  %0 = call @a() : () -> tensor<f32>
  return %0 : tensor<f32>
}
func.func private @a() -> tensor<f32> {
  %0 = call @a() : () -> tensor<f32>
  return %0 : tensor<f32>
}
// expected:
1 error in the IR
@a:
  func.func private @a() -> tensor<f32> {
  ^ error: @a calls itself: recursion is not allowed

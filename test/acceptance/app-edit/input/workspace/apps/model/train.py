from lib.features import features

print(features())
